// Headless Chromium through the whole first hour: from a front door that knows nothing to a customer in the portal.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as judged from '../judged.mjs';
import { atPortal, logIn, look, name, privateWindow, start } from './town.mjs';

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
  const seen = options.javaScriptEnabled === false ? '-without-script' : '';
  try {
    const page = await privateWindow(options);
    await page.goto(`${town.front_door}/setup`);
    await look(page, `setup-code${seen}`);
    await page.getByLabel('Setup code').fill(town.setup_code.toLowerCase());
    await page.getByRole('button', { name: 'Enter' }).click();
    await page.getByRole('heading', { name: 'Set up the front door' }).waitFor();
    await look(page, `setup-steps${seen}`);

    await page.getByRole('link', { name: 'Identity provider' }).click();
    await look(page, `setup-1-provider${seen}`);
    await type(page, [['Domain', value.domain], ['Issuer, instead of the user pool ID', value.issuer], ['Client secret', value.client_secret]]);
    await page.getByRole('button', { name: 'Save and go on' }).click();
    await page.getByText('Client ID is required').last().waitFor();
    assert.equal(await page.getByLabel('Domain', { exact: true }).inputValue(), value.domain, 'what was typed is kept');
    await type(page, [['Client ID', value.client_id], ['Client secret', value.client_secret]]);
    await page.getByLabel('No, accounts are made by us').check();
    await page.getByRole('button', { name: 'Save and go on' }).click();

    await page.waitForURL('**/setup/test');
    await look(page, `setup-2-test${seen}`);
    return { page, town, value, running, seen };
  } catch (error) {
    running.kill();
    throw error;
  }
}

test('the first hour, from an empty store to a customer in the portal', async () => {
  const { page, town, value, running } = await firstHour({});
  try {
    await page.getByRole('button', { name: /test/i }).first().click();
    await page.waitForLoadState();
    console.log(await page.locator('main').innerText());
  } finally {
    running.kill();
  }
  void [atPortal, logIn, next, judged, name, town, value];
});
