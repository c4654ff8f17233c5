// Headless Chromium looks at every page of the desk that the house has an address for, also at those that something must have happened for.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as judged from '../judged.mjs';
import { demo, logIn, look, name, notLookedAt, privateWindow, signedIn, start, town } from './town.mjs';

/** What the desk answers that is no page: files, a picture, and the way to the provider. */
const NO_PAGES = [
  '/admin/audit/export.csv', '/admin/audit/export.jsonl', '/admin/keys/certificate/<file>', '/admin/links/<slug>/qr.svg',
  '/admin/providers/<name>/test/<id>/login', '/admin/transfer/front-door.toml',
];

/** Pages that no navigation leads to straight. */
const BEHIND = [
  '/admin/account/test', '/admin/audit/check', '/admin/audit?from=yesterday&event=refused', '/admin/customers/blocked', '/admin/customers/conflicts',
  '/admin/customers?q=nobody', '/admin/invitations/new', '/admin/invitations?q=none', '/admin/keys/switch', '/admin/links?search=none', '/admin/links/help', '/admin/logo', '/admin/organizations/new',
  '/admin/providers/new?kind=cognito', '/admin/providers/new?kind=okta', '/admin/providers/cognito', '/admin/providers/cognito/delete',
  '/admin/providers/cognito/sessions', '/admin/providers/cognito/test', '/admin/service-providers/general', '/admin/service-providers/metadata?kind=other',
  '/admin/service-providers/new?kind=other', '/admin/service-providers/portal', '/admin/service-providers/portal/delete',
  '/admin/service-providers/portal/test', '/admin/texts', '/admin/texts-german', '/admin/trace?reference=short', '/admin/trace?reference=7Q2XK0M9TD',
  '/admin/transfer',
];

const title = (path) => path.slice(1).replaceAll(/[/?=]/g, '-');

/** Opens each, and looks at it. */
async function lookAtAll(page, paths, start_of_title = '') {
  for (const path of paths) {
    const answer = await page.goto(new URL(path, page.url()).href);
    assert.equal(answer.status(), 200, path);
    await look(page, start_of_title + title(path));
  }
}

const places = (page) => page.locator('nav.places a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));

async function administrator(path = '/admin') {
  const page = await signedIn('grace');
  await page.goto(`${town.front_door}${path}`);
  return page;
}

async function entersCode({ front_door, setup_code }) {
  const page = await privateWindow();
  await page.goto(`${front_door}/admin/code`);
  await page.getByLabel('Setup code').fill(setup_code);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('You are here by a setup code').waitFor();
  return page;
}

/** Somebody is refused; the reference that their page shows. */
async function refused(username) {
  const page = await privateWindow();
  await page.goto(town.links.help);
  await logIn(page, username);
  await page.locator('main[data-reason]').waitFor();
  return page.locator('main').getAttribute('data-reference');
}

/** Fills in a field of a form that leads to a review, and goes there. */
async function propose(page, path, label, value) {
  await page.goto(`${town.front_door}${path}`);
  await page.getByLabel(label, { exact: true }).fill(value);
  await page.getByRole('button', { name: 'Review the change' }).click();
  await page.getByRole('heading', { name: 'Review the change' }).waitFor();
}

async function save(page) {
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved, and in effect.').waitFor();
}

/** Deletes a service desk, and waits at the page of its link until that is noticed: whoever asks for an unknown link has them all read again. */
async function noticed(page, key, path) {
  await demo.tell(`delete ${key}`);
  const stranger = await privateWindow();
  for (let tries = 0; tries < 300; tries += 1) {
    await stranger.goto(`${town.front_door}/p/unknown`);
    await page.goto(`${town.front_door}${path}`);
    if (await page.getByText('its service desk is gone').count() > 0) return;
  }
  assert.fail(`nobody notices that ${key} is gone`);
}

/** What must have happened for the other pages. A setup code of the demo lasts for ten minutes, so time passes last. */
const WAYS = {
  'a desk opened by a setup code, with nothing in it yet': async () => {
    const [running, empty] = await start('--first-hour');
    try {
      const page = await entersCode(empty);
      await lookAtAll(page, [...await places(page), '/admin/providers/new?kind=cognito', '/admin/account/test', '/admin/keys/switch', '/admin/customers/blocked', '/admin/customers/conflicts'], 'empty-');
    } finally {
      running.kill();
    }
  },

  'the field for a setup code, before and after': async () => {
    const stranger = await privateWindow();
    await stranger.goto(`${town.front_door}/admin/code`);
    await look(stranger, 'admin-code');
    await stranger.getByLabel('Setup code').fill('none');
    await stranger.getByRole('button', { name: 'Go on' }).click();
    await stranger.getByRole('heading', { name: 'This code cannot be used' }).waitFor();
    await look(stranger, 'admin-code-refused');
    const holder = await entersCode(town);
    await look(holder, 'admin-by-code');
    await holder.goto(`${town.front_door}/admin/code`);
    await look(holder, 'admin-code-of-the-holder');
  },

  'everything that the navigation leads to, and what is behind it': async () => {
    const page = await administrator();
    const all = await places(page);
    assert.ok(all.length > 5, all.join(' '));
    await lookAtAll(page, [...all, ...BEHIND]);
  },

  'no page, and no way in': async () => {
    const page = await administrator();
    assert.equal((await page.goto(`${town.front_door}/admin/no/such/page`)).status(), 404);
    await look(page, 'admin-not-found');
    const customer = await signedIn('ada');
    assert.equal((await customer.goto(`${town.front_door}/admin`)).status(), 403);
    await look(customer, 'admin-not-allowed');
  },

  'customers, one of them in conflict': async () => {
    await signedIn('ada');
    await refused('anna');
    const page = await administrator('/admin/customers?q=lovelace');
    await page.getByRole('link', { name: 'ada@customer.example', exact: true }).click();
    await look(page, 'admin-customer');
    await page.getByRole('link', { name: 'Let them go…' }).click();
    await look(page, 'admin-customer-let-go');
    await page.getByRole('button', { name: 'Let them go' }).click();
    await page.getByText('They were let go.').waitFor();
    await look(page, 'admin-customer-gone');
    await page.getByRole('link', { name: 'Forget this person…' }).click();
    await look(page, 'admin-customer-forget');
    await page.goto(`${town.front_door}/admin/customers/conflicts`);
    await page.getByRole('link', { name: 'Link them…' }).click();
    await look(page, 'admin-customer-link');
  },

  'the trace of a visit that was refused': async () => {
    const reference = await refused('boris');
    const page = await administrator('/admin/trace');
    await page.getByLabel('Reference').fill(`Reference: ${reference.toLowerCase()}`);
    await page.getByRole('button', { name: 'Look up' }).click();
    await page.getByRole('heading', { name: 'What led to it' }).waitFor();
    await look(page, 'admin-trace-found');
  },

  'a preview of somebody who is refused, and of no claims': async () => {
    const page = await administrator('/admin/preview');
    for (const [claims, heading, picture] of [
      ['{"email": "boris@blocked.example", "email_verified": false}', 'Refused everywhere', 'admin-preview-refused'],
      ['{"email": boris}', 'Please look at this again', 'admin-preview-mistake'],
    ]) {
      await page.getByLabel('Claims').fill(claims);
      await page.getByRole('button', { name: 'Show' }).click();
      await page.getByRole('heading', { name: heading }).waitFor();
      await look(page, picture);
    }
  },

  'a test login, from the button to the result': async () => {
    const page = await administrator('/admin/providers/cognito/test');
    await page.getByRole('button', { name: 'Begin the test' }).click();
    await page.getByText('Before the login').waitFor();
    await look(page, 'admin-provider-test-begun');
    const opened = page.context().waitForEvent('page');
    await page.getByRole('link', { name: 'Open the test login in a new window' }).click();
    const second = await opened;
    await logIn(second, 'ada');
    await second.getByText('You may close this window').first().waitFor();
    await look(second, 'admin-provider-tested');
    await page.getByRole('link', { name: 'Show the result' }).click();
    await page.getByRole('cell', { name: 'ada@customer.example' }).first().waitFor();
    await look(page, 'admin-provider-test-result');
  },

  'an import with mistakes, and one without': async () => {
    const page = await administrator('/admin/transfer');
    for (const [text, heading, picture] of [
      ['[default]\nlanguage = "xx"\n[default.session]\nidle = "soon"\n', 'These settings have mistakes', 'admin-transfer-mistakes'],
      ['[default.session]\nidle = "3h"\n', 'Review the change', 'admin-transfer-review'],
    ]) {
      await page.getByLabel('Settings', { exact: true }).fill(text);
      await page.getByRole('button', { name: 'Show what would change' }).click();
      await page.getByRole('heading', { name: heading }).waitFor();
      await look(page, picture);
    }
  },

  'a change that somebody else made meanwhile, and one that is gone': async () => {
    const page = await administrator();
    const other = await page.context().newPage();
    await propose(page, '/admin/settings', 'Without a visit', '3h');
    await propose(other, '/admin/settings', 'Without a visit', '90m');
    const address = other.url();
    await save(other);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Somebody else changed the same meanwhile' }).waitFor();
    await look(page, 'admin-review-conflict');
    assert.equal((await page.goto(address)).status(), 404);
    await look(page, 'admin-review-gone');
  },

  'a rule for an organization': async () => {
    const page = await administrator('/admin/organizations/new');
    await page.getByLabel('Organization', { exact: true }).fill('Acme GmbH');
    await page.getByLabel('Domains').fill('acme.example');
    await page.getByRole('button', { name: 'Review the change' }).click();
    await save(page);
    await look(page, 'admin-organization');
    await page.getByRole('link', { name: 'Delete this rule' }).click();
    await look(page, 'admin-organization-delete');
  },

  'invitations: a mistake, one alone, several together, one that is withdrawn': async () => {
    const page = await administrator('/admin/invitations/new');
    const invite = async (addresses) => {
      await page.goto(`${town.front_door}/admin/invitations/new?link=help`);
      await page.getByLabel('E-mail addresses').fill(addresses);
      await page.getByLabel('Organizations').fill('Acme GmbH\nA rather long name of an organization & Sons');
      await page.getByLabel('Let Jira send its own invitation mail too').check();
      await page.getByRole('button', { name: 'Invite' }).click();
    };
    await invite('ada@customer.example\nnobody');
    await page.getByRole('heading', { name: 'Nobody was invited' }).waitFor();
    await look(page, 'admin-invitations-mistake');
    await invite('somebody-with-a-long-address@blocked.example\nada.lovelace@customer.example');
    await page.getByRole('heading', { name: 'Invited together' }).waitFor();
    await look(page, 'admin-invitations-made');
    await invite('new@customer.example');
    await page.getByRole('heading', { name: 'Invitation of new@customer.example' }).waitFor();
    await look(page, 'admin-invitation');
    await page.getByText('Withdraw the invitation…').click();
    await look(page, 'admin-invitation-withdraw');
    await page.getByRole('button', { name: 'Withdraw the invitation' }).click();
    await page.getByText('nobody comes in by it').waitFor();
    await look(page, 'admin-invitation-withdrawn');
    await page.goto(`${town.front_door}/admin/invitations`);
    await look(page, 'admin-invitations-listed');
    await page.goto(`${town.front_door}/admin`);
    await look(page, 'admin-overview-invited');
  },

  'first visits that wait for approval': async () => {
    const page = await administrator('/admin/links/hr');
    await page.getByLabel('Waits until an administrator has approved it').check();
    await page.getByRole('button', { name: 'Review the change' }).click();
    await save(page);
    for (const username of ['charles', 'mary']) {
      const visitor = await privateWindow();
      await visitor.goto(town.links.hr);
      await logIn(visitor, username);
      await visitor.locator('main[data-reason=awaiting_approval]').waitFor();
      await look(visitor, 'awaiting-approval');
    }
    await page.goto(`${town.front_door}/admin`);
    await look(page, 'admin-overview-waiting');
    await page.getByRole('link', { name: '2 people wait for approval' }).click();
    await page.locator('details').first().evaluate((details) => { details.open = true; });
    await look(page, 'admin-approvals-waiting');
    await page.getByRole('checkbox').first().press('Enter');
    await page.getByRole('heading', { name: 'Who waits' }).waitFor();
    assert.match(await page.locator('main').innerText(), /2 wait/, 'Enter in a box decides nothing');
    await page.getByRole('button', { name: 'Approve: charles@acme.example' }).click();
    await page.getByText('One first visit was approved').waitFor();
    await page.getByRole('button', { name: 'Refuse: mary@acme.example' }).click();
    await page.getByText('One first visit was not approved').waitFor();
    await look(page, 'admin-approvals-decided');
    await page.locator('summary').first().click();
    await page.getByRole('link', { name: 'What is known of them' }).first().click();
    await look(page, 'admin-customer-approval');
    await page.goto(`${town.front_door}/admin/links/hr`);
    await look(page, 'admin-link-approval');
  },

  'a link that is off, and one whose service desk is gone': async () => {
    const page = await administrator('/admin/links/hr');
    await page.getByRole('button', { name: 'Switch off: People and Workplace' }).click();
    await look(page, 'admin-link-off-review');
    await save(page);
    await page.goto(`${town.front_door}/admin/links/hr`);
    await look(page, 'admin-link-off');
    await noticed(page, 'BILL', '/admin/links/bill');
    await look(page, 'admin-link-gone');
    await page.goto(`${town.front_door}/admin/links`);
    await look(page, 'admin-links-off-and-gone');
    await page.goto(`${town.front_door}/admin`);
    await look(page, 'admin-overview-link-gone');
  },

  'a login that is too old for a change, and what was typed': async () => {
    const page = await administrator();
    await propose(page, '/admin/settings', 'Changes need a login not older than', '30m');
    await save(page);
    await page.goto(`${town.front_door}/admin/organizations/new`);
    await page.getByLabel('Organization', { exact: true }).fill('A rather long name of an organization & Sons');
    await demo.tell('minutes 31');
    await page.getByRole('button', { name: 'Review the change' }).click();
    await page.getByRole('heading', { name: 'Log in again to make this change' }).waitFor();
    await look(page, 'admin-log-in-again');
    await page.getByRole('link', { name: 'Log in again' }).click();
    await logIn(page, 'grace');
    await page.getByRole('heading', { name: 'Send what you typed?' }).waitFor();
    await look(page, 'admin-again');
    await page.getByRole('button', { name: 'Send it' }).click();
    await page.getByRole('heading', { name: 'Please look at this again' }).waitFor();
  },
};

test('every page of the desk is in order, in light and dark, narrow and wide', async (t) => {
  for (const [what, way] of Object.entries(WAYS)) await t.test(what, way);
  assert.deepEqual(notLookedAt('/admin'), NO_PAGES, 'each page of the house is looked at here');
  judged.write(name, 'every page of the desk', 'looked at');
});
