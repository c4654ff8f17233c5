// Headless Chromium through the whole first hour: from a front door that knows nothing to a customer in the portal.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as judged from '../judged.mjs';
import { atPortal, look as lookAt, name, notLookedAt, privateWindow, start } from './town.mjs';

/** Types into the fields of these names, as they are labelled on the page. */
async function type(page, fields) {
  for (const [label, value] of fields) await page.getByLabel(label, { exact: true }).fill(value);
}

/** Goes on to the next step by its button. */
async function next(page, title) {
  await page.getByRole('link', { name: `Next: ${title}` }).click();
  await page.getByRole('heading', { level: 1 }).waitFor();
}

async function firstHour(options) {
  const [running, town] = await start('--first-hour');
  const { to_type: value } = town;
  const hasScript = options.javaScriptEnabled !== false;
  // axe runs inside the page, so without script nobody looks.
  const look = (page, title) => hasScript && lookAt(page, title);
  try {
    const page = await privateWindow(options);
    await page.goto(`${town.front_door}/setup`);
    await look(page, 'setup-code');
    await page.getByLabel('Setup code').fill(town.setup_code.toLowerCase());
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('heading', { name: 'Set up the front door' }).waitFor();
    await look(page, 'setup-steps');
    await page.goto(`${town.front_door}/setup/no/such/page`);
    await look(page, 'setup-not-found');
    await page.goto(`${town.front_door}/setup`);

    await page.getByRole('link', { name: 'Identity provider' }).click();
    await look(page, 'setup-1-provider');
    await type(page, [['Domain', value.domain], ['Issuer, instead of the user pool ID', value.issuer], ['Client secret', value.client_secret]]);
    await page.getByRole('button', { name: 'Save and go on' }).click();
    await page.getByText('Client ID is required').last().waitFor();
    await look(page, 'setup-1-provider-mistake');
    assert.equal(await page.getByLabel('Domain', { exact: true }).inputValue(), value.domain, 'what was typed is kept');
    await type(page, [['Client ID', value.client_id], ['Client secret', value.client_secret]]);
    await page.getByLabel('No, accounts are made by us').check();
    await page.getByRole('button', { name: 'Save and go on' }).click();

    await page.waitForURL('**/setup/test');
    await look(page, 'setup-2-test');
    await page.getByRole('button', { name: 'Begin the test' }).click();
    await page.getByText('Before the login').waitFor();
    await look(page, 'setup-2-test-begun');
    const opened = page.context().waitForEvent('page');
    await page.getByRole('link', { name: 'Open the test login in a new window' }).click();
    const second = await opened;
    await second.getByRole('button', { name: 'Ada Lovelace' }).first().click();
    await second.getByText('You may close this window').waitFor();
    await second.close();
    await page.getByRole('link', { name: 'Show the result' }).click();
    await page.getByRole('cell', { name: 'ada@customer.example' }).first().waitFor();
    await look(page, 'setup-2-test-result');

    await next(page, 'Attribute mapping');
    await page.getByLabel('Display name').fill('{family_name}, {given_name}');
    await page.getByRole('button', { name: 'Show what results' }).click();
    await page.getByText('Lovelace, Ada').first().waitFor();
    await look(page, 'setup-3-mapping');
    await page.getByRole('button', { name: 'Save and go on' }).click();

    await page.waitForURL('**/setup/account');
    await look(page, 'setup-4-account-empty');
    await type(page, [['Site', value.site], ['E-mail address', value.email], ['API token', value.api_token]]);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('cell', { name: 'HELP' }).first().waitFor();
    await look(page, 'setup-4-account');

    await next(page, 'Links');
    await page.getByRole('button', { name: /all on/i }).click();
    await look(page, 'setup-5-links');
    await page.getByRole('link', { name: 'Help Desk', exact: true }).click();
    await page.getByText('Who may come in by this link').waitFor();
    await look(page, 'setup-5-link');
    await page.getByRole('link', { name: 'All links' }).click();

    await next(page, 'Sign-in to the portal');
    await page.locator('#entity_id').fill(value.entity_id);
    await page.locator('#acs_url').fill(value.acs_url);
    await look(page, 'setup-6-sign-in');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.waitForURL('**/setup/sign-in/test');
    await look(page, 'setup-6-sign-in-test');

    await next(page, 'Administrators');
    await page.getByLabel('Groups of administrators').fill('helpdesk-admins');
    await page.getByRole('button', { name: 'Save' }).click();
    await look(page, 'setup-7-administrators');
    await page.getByRole('link', { name: 'Sign in as an administrator' }).click();
    await page.getByRole('button', { name: 'Grace Hopper' }).first().click();
    await page.getByRole('heading', { name: 'Admin desk' }).waitFor();
    await page.goto(`${town.front_door}/setup`);
    assert.equal(new URL(page.url()).pathname, '/admin', 'the setup is closed');

    const customer = await privateWindow(options);
    await customer.goto(town.links.help);
    await customer.getByRole('button', { name: 'Ada Lovelace' }).first().click();
    if (!hasScript) await customer.getByRole('button', { name: 'Continue' }).click();
    assert.deepEqual((await atPortal(customer))[0], 'ada@customer.example');
    // The browser names every answer that is an error; the page that is not there was answered so on purpose.
    assert.deepEqual(page.complaints.filter((complaint) => !complaint.includes('404')), []);
    judged.write(name, hasScript ? 'the first hour' : 'the first hour, without script', 'a customer arrived');
  } finally {
    running.kill();
  }
}

test('the first hour, from an empty store to a customer in the portal', async () => {
  await firstHour({});
  assert.deepEqual(notLookedAt('/setup'), ['/setup/test/<id>/login'], 'each page of the house is looked at here; this one leads to the provider');
});

test('the same without script', () => firstHour({ javaScriptEnabled: false }));
