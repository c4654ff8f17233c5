// Headless Chromium at the desk's pages about people: what an administrator does about somebody, by keyboard alone.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as judged from '../judged.mjs';
import { logIn, look, name, privateWindow, signedIn, town } from './town.mjs';

test('somebody is linked, blocked, unblocked and forgotten by keyboard alone', async () => {
  await signedIn('ada');
  const anna = await privateWindow();
  await anna.goto(town.links.help);
  await logIn(anna, 'anna');
  await anna.locator('main[data-reason="atlassian_account"]').waitFor();

  const page = await signedIn('grace');
  await page.goto(`${town.front_door}/admin/customers`);
  await page.getByRole('link', { name: 'conflicts' }).press('Enter');
  await page.getByText('The address also has an Atlassian account.').waitFor();
  await look(page, 'admin-customers-conflicts');
  await page.getByRole('link', { name: 'Link them…' }).press('Enter');
  await page.getByRole('heading', { name: 'Are these two the same person?' }).waitFor();
  await look(page, 'admin-customers-link');
  await page.getByRole('button', { name: 'Link them' }).press('Enter');
  await page.getByRole('status').getByText('The two are linked').waitFor();

  await page.goto(`${town.front_door}/admin/customers?q=lovelace`);
  await look(page, 'admin-customers-found');
  await page.getByRole('link', { name: 'ada@customer.example', exact: true }).press('Enter');
  await page.getByText('Block them…').press('Enter');
  await look(page, 'admin-customers-person');
  await page.getByLabel('Why?').fill('sends spam');
  await page.getByRole('button', { name: 'Block', exact: true }).press('Enter');
  await page.getByText('They are blocked').waitFor();
  await look(page, 'admin-customers-person-blocked');
  await page.goto(`${town.front_door}/admin/customers/blocked`);
  await look(page, 'admin-customers-blocked');
  await page.getByText('Block somebody by their address…').press('Enter');
  await page.getByLabel('E-mail address', { exact: true }).fill('nobody');
  await page.getByRole('button', { name: 'Block', exact: true }).press('Enter');
  await page.getByRole('heading', { name: 'Nobody was blocked' }).waitFor();
  await look(page, 'admin-customers-blocked-mistake');
  await page.getByRole('link', { name: 'ada@customer.example', exact: true }).press('Enter');
  await page.getByRole('button', { name: 'Unblock' }).press('Enter');
  await page.getByText('They are no longer blocked').waitFor();

  await page.getByRole('link', { name: 'Forget this person…' }).press('Enter');
  await page.getByLabel('To make sure').fill('somebody else');
  await page.getByRole('button', { name: 'Forget this person' }).press('Enter');
  await page.getByRole('heading', { name: 'Nobody was forgotten' }).waitFor();
  await look(page, 'admin-customers-forget-mistake');
  await page.getByLabel('To make sure').fill('ada@customer.example');
  await page.getByRole('button', { name: 'Forget this person' }).press('Enter');
  await page.getByText('The person was forgotten.').waitFor();
  await look(page, 'admin-customers-forgotten');
  // The browser names every answer that is an error; the two mistakes were answered so on purpose.
  assert.deepEqual(page.complaints.filter((complaint) => !complaint.includes('422')), []);
  judged.write(name, 'people at the desk', 'linked, blocked, forgotten');
});
