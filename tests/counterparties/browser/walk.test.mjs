// Headless Chromium walks the demo from the substitute link to the portal, with and without script; axe looks at every page of ours.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';

import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

import * as judged from '../judged.mjs';

const TOP = new URL('../../../', import.meta.url).pathname;
const DEMO = process.env.DEMO ?? `${TOP}target/debug/examples/demo`;
const CHROMIUM = '/usr/bin/chromium';
const PICTURES = `${TOP}tests/.work/screenshots`;
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];
let demo;
let town;
let browser;
let name;

before(async () => {
  for (const program of [DEMO, CHROMIUM]) assert.ok(existsSync(program), `${program} is missing: tests/run makes it`);
  mkdirSync(PICTURES, { recursive: true });
  [demo, town] = await start();
  browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  name = `chromium ${browser.version()}`;
});
after(async () => {
  await browser?.close();
  demo?.kill();
});

/** Starts a demo; what it says of itself. */
async function start(...options) {
  const running = spawn(DEMO, ['--json', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: running.stdout })) return [running, JSON.parse(line)];
  throw new Error('the demo ended before it began');
}

/** A private window. What a page says on its console that is an error is kept. */
async function privateWindow(options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', (message) => {
    const ours = message.location().url.startsWith(town.front_door) || message.text().includes('Content Security Policy');
    if (message.type() === 'error' && ours) page.complaints.push(message.text());
  });
  return page;
}

async function logIn(page, username) {
  const person = town.people.find((one) => one.username === username);
  await page.getByRole('button', { name: person.name }).first().click();
}

/** The address of the portal where somebody is signed in. */
async function atPortal(page) {
  const main = page.locator('[data-signed-in-as]');
  await main.waitFor();
  return [await main.getAttribute('data-signed-in-as'), await main.getAttribute('data-path')];
}

const desk = (key) => town.service_desks.find((one) => one.key === key);

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with script' : 'without script';

  test(`a customer walks from the link to the portal ${how}`, async () => {
    const page = await privateWindow({ javaScriptEnabled });
    await page.goto(town.links.help);
    await logIn(page, 'ada');
    if (!javaScriptEnabled) await page.locator('main form button').click();
    assert.deepEqual(await atPortal(page), ['ada@customer.example', `/servicedesk/customer/portal/${desk('HELP').portal_id}`]);
    assert.deepEqual(page.complaints, []);
    judged.write(name, `link to portal, ${how}`, 'arrived');
  });

  test(`a deep link arrives with its text ${how}`, async () => {
    const page = await privateWindow({ javaScriptEnabled });
    const type = desk('HELP').request_types[0];
    await page.goto(`${town.links.help}/create/${type}?summary=It%20does%20not%20start`);
    await logIn(page, 'charles');
    if (!javaScriptEnabled) await page.locator('main form button').click();
    const [who, path] = await atPortal(page);
    assert.equal(who, 'charles@acme.example');
    assert.equal(path, `/servicedesk/customer/portal/${desk('HELP').portal_id}/create/${type}?summary=It%20does%20not%20start`);
    judged.write(name, `deep link, ${how}`, 'arrived');
  });
}

for (const [username, reason] of [['ulf', 'email_unverified'], ['boris', 'domain_not_allowed'], ['anna', 'atlassian_account']]) {
  test(`${username} is told ${reason}`, async () => {
    const page = await privateWindow();
    await page.goto(town.links.help);
    await logIn(page, username);
    await page.locator(`main[data-reason="${reason}"]`).waitFor();
    assert.match(await page.locator('main').getAttribute('data-reference'), /^[0-9A-Z]{10}$/);
    await look(page, reason);
    judged.write(name, 'refusals', reason);
  });
}

test('signing out ends both sessions', async () => {
  const page = await privateWindow();
  await page.goto(town.links.help);
  await logIn(page, 'mary');
  await atPortal(page);
  await page.goto(`${town.front_door}/logout`);
  await page.locator('main form button').click();
  await page.waitForURL(`${town.front_door}/signed-out`);
  await page.goto(town.links.bill);
  assert.ok(page.url().startsWith(town.cognito), `asked to log in again, not ${page.url()}`);
  judged.write(name, 'signing out', 'both sessions ended');
});

test('a pasted address from a mail leads through the right link', async () => {
  const page = await signedIn('ada');
  await page.goto(`${town.front_door}/`);
  await page.locator('input[name=address]').fill(`${town.atlassian}/servicedesk/customer/portal/${desk('BILL').portal_id}`);
  await page.locator('main form button').click();
  const [who, path] = await atPortal(page);
  assert.deepEqual([who, path], ['ada@customer.example', `/servicedesk/customer/portal/${desk('BILL').portal_id}`]);
  assert.deepEqual(page.complaints, []);
  judged.write(name, 'pasted address', 'arrived');
});

test('every page is in order, in light and dark, narrow and wide', async () => {
  const visitor = await privateWindow();
  for (const [path, title] of [['/', 'welcome'], ['/signed-out', 'signed-out'], ['/logout', 'not-signed-in'], ['/nowhere', 'not-found'], ['/p/unknown', 'link-unknown'], ['/login/callback/cognito', 'login-expired']]) {
    await visitor.goto(`${town.front_door}${path}`);
    await look(visitor, title);
  }
  const person = await signedIn('ada');
  for (const [path, title] of [['/', 'home'], ['/me', 'me'], ['/logout', 'logout']]) {
    await person.goto(`${town.front_door}${path}`);
    await look(person, title);
  }
  const administrator = await signedIn('grace');
  for (const [path, title] of [['/admin', 'admin-overview'], ['/admin/preview', 'admin-preview']]) {
    await administrator.goto(`${town.front_door}${path}`);
    await look(administrator, title);
  }
  await administrator.getByRole('button', { name: 'Show' }).click();
  await administrator.getByRole('heading', { name: 'Link by link' }).waitFor();
  await look(administrator, 'admin-preview-outcome');
  // Without its script the page of the hand-over stays, and can be looked at.
  const held = await privateWindow();
  await held.route('**/post.js', (route) => route.abort());
  await held.goto(town.links.help);
  await logIn(held, 'ada');
  await held.locator('input[name=SAMLResponse]').waitFor({ state: 'attached' });
  await look(held, 'hand-over');
});

test('with two providers people choose, by button or by address', async () => {
  const [running, other] = await start('--providers', '2');
  try {
    const page = await privateWindow();
    await page.goto(other.links.help);
    await look(page, 'chooser');
    await page.getByLabel('Your e-mail address').fill('paula@partner.example');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Paula Partner' }).click();
    assert.equal((await atPortal(page))[0], 'paula@partner.example');

    const ada = await privateWindow();
    await ada.goto(other.links.help);
    await ada.getByRole('link', { name: 'Customer account' }).click();
    await logIn(ada, 'ada');
    await atPortal(ada);

    const pia = await privateWindow({ javaScriptEnabled: false });
    await pia.goto(other.links.help);
    await pia.getByRole('link', { name: 'Partner account' }).click();
    await pia.getByRole('button', { name: 'Pia Pretender' }).click();
    await pia.locator('main[data-reason="identity_conflict"]').waitFor();
    judged.write(name, 'choosing a provider', 'arrived');
  } finally {
    running.kill();
  }
});

test('every page works by keyboard alone', async () => {
  const page = await privateWindow();
  await page.goto(`${town.front_door}/`);
  await page.keyboard.press('Tab');
  assert.match(await focused(page), /Skip to the content/);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  assert.match(await focused(page), /Customer account/);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${town.cognito}/**`);
  judged.write(name, 'by keyboard alone', 'at the provider');
});

test('every refusal is in order, in light and dark, narrow and wide', async () => {
  const folder = `${TOP}tests/.work/refusals`;
  const reasons = readdirSync(folder).map((file) => file.replace('.html', ''));
  assert.ok(reasons.length > 30, `${folder} is written by the behaviour tests`);
  const page = await privateWindow();
  await page.route(`${town.front_door}/refusals/*`, (route) => {
    const reason = route.request().url().split('/').pop();
    return route.fulfill({ contentType: 'text/html', body: readFileSync(`${folder}/${reason}.html`) });
  });
  for (const reason of reasons) {
    await page.goto(`${town.front_door}/refusals/${reason}`);
    assert.equal(await page.locator('main').getAttribute('data-reason'), reason);
    await look(page, `refusal-${reason}`);
  }
});

test('axe can fail: a page without a title, labels or contrast is found out', async () => {
  const page = await privateWindow();
  await page.setContent('<main><input><p style="color:#999;background:#aaa">pale</p></main>');
  const found = await grave(page);
  assert.ok(found.length >= 2, JSON.stringify(found));
  judged.write(`axe on ${name}`, 'planted: bad page', 'refused as it should');
});

test('the browser can complain: a page that breaks its policy, or sticks out, is found out', async () => {
  const page = await privateWindow();
  await page.route(`${town.front_door}/planted`, (route) => route.fulfill({
    contentType: 'text/html',
    headers: { 'content-security-policy': "default-src 'none'" },
    body: '<!doctype html><title>Bad</title><div style="width:900px">wide</div><script>1</script>',
  }));
  await page.setViewportSize({ width: 320, height: 800 });
  await page.goto(`${town.front_door}/planted`);
  assert.equal(page.complaints.filter((text) => text.includes('Content Security Policy')).length, 2);
  await page.setContent(`<pre>${'wide '.repeat(60)}</pre>`);
  assert.ok(await tooWide(page) > 0);
  judged.write(name, 'planted: bad page', 'refused as it should');
});

async function signedIn(username) {
  const page = await privateWindow();
  await page.goto(town.links.help);
  await logIn(page, username);
  await atPortal(page);
  return page;
}

async function grave(page) {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return violations.filter((one) => ['serious', 'critical'].includes(one.impact)).map((one) => `${one.id}: ${one.nodes[0].html}`);
}

/** The words of what has the focus. */
function focused(page) {
  return page.evaluate(() => document.activeElement.textContent);
}

/** How many pixels a page is wider than its window. */
function tooWide(page) {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth));
}

/** Takes four pictures of a page, and lets axe judge it; nothing may stick out at 320 pixels. */
async function look(page, title) {
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [320, 1280]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      await page.screenshot({ path: `${PICTURES}/${title}-${width}-${colorScheme}.png`, fullPage: true });
      assert.equal(await tooWide(page), 0, `${title} sticks out at ${width}`);
    }
    assert.deepEqual(await grave(page), [], `${title}, ${colorScheme}`);
    judged.write(`axe on ${name}`, 'pages, nothing serious', 'accepted');
  }
  assert.deepEqual(page.complaints.filter((text) => text.includes('Content Security Policy')), [], title);
}
