// Headless Chromium walks the demo from the substitute link to the portal, with and without script; axe looks at every page of ours.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

import * as judged from '../judged.mjs';
import { TOP, atPortal, focused, grave, logIn, look, name, privateWindow, signedIn, start, tooWide, town } from './town.mjs';

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
    await pia.locator('main[data-reason="domain_not_allowed"]').waitFor();
    await pia.getByRole('link', { name: 'Sign in with Customer account' }).waitFor();
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
    assert.equal(await page.locator('main').getAttribute('data-reason'), reason.replace('.de', ''));
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
