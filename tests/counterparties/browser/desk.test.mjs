// Headless Chromium at the admin desk: every page that its navigation leads to, and those behind them.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as judged from '../judged.mjs';
import { atPortal, logIn, look, name, privateWindow, signedIn, town } from './town.mjs';

/** Pages that no navigation leads to straight. */
const BEHIND = [
  '/admin/providers/new?kind=cognito', '/admin/providers/new?kind=okta', '/admin/providers/cognito', '/admin/providers/cognito/delete', '/admin/providers/cognito/test',
  '/admin/account/test', '/admin/transfer', '/admin/trace?reference=short', '/admin/audit/check', '/admin/audit?from=yesterday&event=refused',
  '/admin/links?search=none', '/admin/links/help',
];

const title = (path) => path.slice(1).replaceAll(/[/?=]/g, '-');

test('every page of the desk is in order, in light and dark, narrow and wide', async () => {
  const administrator = await signedIn('grace');
  await administrator.goto(`${town.front_door}/admin`);
  const places = await administrator.locator('nav.places a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  assert.ok(places.length > 5, places.join(' '));
  for (const path of [...places, ...BEHIND]) {
    const answer = await administrator.goto(`${town.front_door}${path}`);
    assert.equal(answer.status(), 200, path);
    await look(administrator, title(path));
  }
});

test('the overview and the audit page show who was stopped, and the file is kept', async () => {
  for (const username of ['boris', 'ulf', 'anna']) {
    const page = await privateWindow();
    await page.goto(town.links.help);
    await logIn(page, username);
    await page.locator('main[data-reason]').waitFor();
  }
  const administrator = await signedIn('grace');
  await administrator.goto(`${town.front_door}/admin`);
  await administrator.getByText('Refused: the mail domain may not come in').waitFor();
  for (const numbers of await administrator.locator('.chart summary').all()) await numbers.press('Enter');
  await look(administrator, 'admin-overview-with-numbers');
  await administrator.getByRole('link', { name: 'All refusals' }).press('Enter');
  await administrator.getByRole('heading', { name: 'Events' }).waitFor();
  await look(administrator, 'admin-audit-refusals');
  const download = administrator.waitForEvent('download');
  await administrator.getByRole('link', { name: 'as CSV' }).press('Enter');
  assert.match((await download).suggestedFilename(), /^audit-[0-9-]+\.csv$/);
  await administrator.getByRole('button', { name: 'Check the chain' }).press('Enter');
  await administrator.getByText('The chain holds.').waitFor();
  await look(administrator, 'admin-audit-checked');
  assert.deepEqual(administrator.complaints, []);
});

test('the preview tells what becomes of somebody', async () => {
  const administrator = await signedIn('grace');
  await administrator.goto(`${town.front_door}/admin/preview`);
  await administrator.getByRole('button', { name: 'Show' }).click();
  await administrator.getByRole('heading', { name: 'Link by link' }).waitFor();
  await look(administrator, 'admin-preview-outcome');
});

test('a change is reviewed, saved and taken back by keyboard alone', async () => {
  const page = await signedIn('grace');
  await page.goto(`${town.front_door}/admin/access`);
  await page.getByLabel('Allowed domains').fill('no domain!');
  await page.getByRole('button', { name: 'Review the change' }).press('Enter');
  await page.getByRole('heading', { name: 'Please look at this again' }).waitFor();
  await look(page, 'admin-access-mistake');
  await page.getByRole('link', { name: 'Allowed domains' }).press('Enter');
  await page.getByLabel('Allowed domains').fill('customer.example\n*.customer.example');
  await page.getByRole('button', { name: 'Review the change' }).press('Enter');
  await page.getByRole('heading', { name: 'Review the change' }).waitFor();
  await look(page, 'admin-review');
  await page.getByRole('button', { name: 'Save' }).press('Enter');
  await page.getByText('Saved, and in effect.').waitFor();
  await look(page, 'admin-access-saved');
  await page.getByRole('button', { name: 'Take it back' }).press('Enter');
  await page.getByRole('button', { name: 'Save' }).press('Enter');
  await page.getByRole('heading', { name: 'Changes' }).waitFor();
  await look(page, 'admin-changes-made');
  assert.deepEqual(page.complaints, []);
  judged.write(name, 'a change at the desk', 'saved and taken back');
});

test('a link is found, copied, tried as a pilot, enforced and renamed by keyboard alone', async () => {
  const page = await signedIn('grace');
  const save = async () => {
    await page.getByRole('button', { name: 'Save' }).press('Enter');
    await page.getByText('Saved, and in effect.').waitFor();
  };
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: town.front_door });
  await page.goto(`${town.front_door}/admin/links`);
  await page.getByLabel('Name, project key or address').fill('help');
  await page.getByRole('button', { name: 'Show' }).press('Enter');
  await page.getByText('1 of').waitFor();
  await page.getByRole('button', { name: 'Copy: substitute link of Help Desk' }).press('Enter');
  await page.getByText('Copied').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), town.links.help);
  await look(page, 'admin-links-copied');
  await page.getByRole('button', { name: 'Make it a pilot: Help Desk' }).press('Enter');
  await save();
  await look(page, 'admin-links-saved');
  const boris = await privateWindow();
  await boris.goto(town.links.help);
  await logIn(boris, 'boris');
  await atPortal(boris);
  await page.getByRole('link', { name: 'Help Desk', exact: true }).press('Enter');
  await page.getByRole('cell', { name: 'boris@blocked.example' }).waitFor();
  await look(page, 'admin-link-pilot');
  await page.getByRole('button', { name: 'Enforce: Help Desk' }).press('Enter');
  await save();
  await page.getByLabel('Name in the address').fill('bill');
  await page.getByRole('button', { name: 'Review the new name' }).press('Enter');
  await page.getByText('leads to Billing (BILL) already').waitFor();
  await look(page, 'admin-link-name-taken');
  await page.getByLabel('Name in the address').fill('hilfe');
  await page.getByRole('button', { name: 'Review the new name' }).press('Enter');
  await save();
  const old = await signedIn('ada');
  assert.match((await atPortal(old))[0], /^ada@/, 'through the old address');
  await page.getByText('Forget what was saved of this link').press('Enter');
  await page.getByRole('button', { name: 'Review going back to defaults' }).press('Enter');
  await save();
  assert.deepEqual(page.complaints, []);
  judged.write(name, 'a link at the desk', 'a pilot, enforced and renamed');
});
