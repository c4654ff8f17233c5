// Headless Chromium at the admin desk: what administrators do there, from beginning to end.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as judged from '../judged.mjs';
import { atPortal, logIn, look, name, privateWindow, signedIn, town } from './town.mjs';

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
  await look(administrator, 'admin-overview');
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
  await page.getByText('The name leads to Billing (BILL) already.').waitFor();
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

/** Metadata of a service provider with two addresses. */
const METADATA = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="urn:crm">
  <SPSSODescriptor WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</NameIDFormat>
    <AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://crm.example/acs" index="0"/>
    <AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://crm.example/a/second/and/rather/long/address" index="1"/>
  </SPSSODescriptor>
</EntityDescriptor>`;

test('a service provider is added from a file of its metadata by keyboard alone', async () => {
  const page = await signedIn('grace');
  await page.goto(`${town.front_door}/admin/service-providers/new?kind=other`);
  await page.getByRole('link', { name: 'Read it' }).press('Enter');
  await page.getByLabel('Metadata').fill('https://crm.example/metadata');
  await page.getByRole('button', { name: 'Read it' }).press('Enter');
  await page.getByRole('heading', { name: 'Please look at this again' }).waitFor();
  await look(page, 'admin-metadata-mistake');
  await page.getByLabel('Or a file').setInputFiles({ name: 'crm.xml', mimeType: 'text/xml', buffer: Buffer.from(METADATA) });
  await page.getByRole('button', { name: 'Read it' }).press('Enter');
  await page.getByRole('heading', { name: 'What the metadata says' }).waitFor();
  await look(page, 'admin-metadata-read');
  await page.getByLabel('https://crm.example/a/second').press('Space');
  await page.getByRole('button', { name: 'Fill in the form' }).press('Enter');
  await page.getByLabel('Name', { exact: true }).fill('crm');
  await page.getByRole('button', { name: 'Review the change' }).press('Enter');
  await page.getByRole('button', { name: 'Save' }).press('Enter');
  await page.getByText('Saved, and in effect.').waitFor();
  await look(page, 'admin-service-provider-saved');
  assert.match(await page.getByLabel('Assertion consumer service URL').inputValue(), /second/);
  await page.goto(`${town.front_door}/admin/service-providers`);
  await look(page, 'admin-service-providers-two');
  assert.deepEqual(page.complaints, []);
});

test('the next key is prepared, and switching to it asks first', async () => {
  const page = await signedIn('grace');
  await page.goto(`${town.front_door}/admin/keys`);
  await page.getByRole('button', { name: 'Prepare the next key' }).press('Enter');
  await page.getByText('The next key is ready.').waitFor();
  await look(page, 'admin-keys-prepared');
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'front-door-next.cer' }).press('Enter');
  assert.equal((await download).suggestedFilename(), 'front-door-next.cer');
  await page.getByRole('link', { name: 'Switch to it' }).press('Enter');
  await page.getByRole('button', { name: 'Switch now' }).waitFor();
  await look(page, 'admin-keys-asked');
  assert.deepEqual(page.complaints, []);
});

test('two rules for organizations are added and their order is changed', async () => {
  const page = await signedIn('grace');
  for (const organization of ['Acme GmbH', 'A rather long name of an organization & Sons']) {
    await page.goto(`${town.front_door}/admin/organizations/new`);
    await page.getByLabel('Organization', { exact: true }).fill(organization);
    await page.getByRole('button', { name: 'Review the change' }).press('Enter');
    await page.getByRole('heading', { name: 'Please look at this again' }).waitFor();
    await page.getByLabel('Domains').fill('acme.example');
    await page.getByRole('button', { name: 'Review the change' }).press('Enter');
    await page.getByRole('button', { name: 'Save' }).press('Enter');
    await page.getByText('Saved, and in effect.').waitFor();
  }
  await look(page, 'admin-organization-saved');
  await page.getByRole('link', { name: 'Delete this rule' }).press('Enter');
  await page.getByRole('button', { name: 'Delete the rule' }).waitFor();
  await look(page, 'admin-organization-delete');
  await page.goto(`${town.front_door}/admin/organizations`);
  await look(page, 'admin-organizations-two');
  await page.getByRole('button', { name: 'Move up' }).press('Enter');
  await page.getByRole('button', { name: 'Save' }).press('Enter');
  await page.getByRole('heading', { name: 'Organizations' }).waitFor();
  assert.match(await page.locator('tbody tr').first().innerText(), /rather long/);
  assert.deepEqual(page.complaints, []);
});
