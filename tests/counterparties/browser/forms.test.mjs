// Headless Chromium at the desk's forms, by keyboard alone, with and without script: mistakes, reviews, what is taken back, and what asks first.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as judged from '../judged.mjs';
import { atPortal, logIn, look, name, privateWindow, signedIn, tabTo, town } from './town.mjs';

const at = (path) => `${town.front_door}${path}`;

/** Walks to something by Tab, and presses Enter. */
async function press(page, wanted) {
  await tabTo(page, wanted);
  await page.keyboard.press('Enter');
}

/** Types into what has the focus, in place of what stands there. */
async function typeOver(page, text) {
  await page.keyboard.press('Control+A');
  await page.keyboard.type(text);
}

async function administrator(options) {
  const page = await privateWindow(options);
  await page.goto(town.links.help);
  await logIn(page, 'grace');
  if (options.javaScriptEnabled === false) await page.locator('main form button').click();
  await atPortal(page);
  return page;
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with script' : 'without script';

  test(`a mistake is told twice, and mended where its link leads, ${how}`, async () => {
    const page = await administrator({ javaScriptEnabled });
    await page.goto(at('/admin/access'));
    await press(page, page.getByRole('link', { name: 'Skip to the content' }));
    const field = page.getByLabel('Allowed domains');
    await tabTo(page, field);
    await typeOver(page, 'customer.example\nno domain!');
    const groups = page.getByLabel('Groups', { exact: true });
    await tabTo(page, groups);
    await typeOver(page, 'customers & friends');
    await press(page, page.getByRole('button', { name: 'Review the change' }));

    await page.getByRole('heading', { name: 'Please look at this again' }).waitFor();
    assert.equal(await field.inputValue(), 'customer.example\nno domain!', 'what was typed is kept');
    assert.equal(await groups.inputValue(), 'customers & friends', 'and what was right');
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    const described = (await field.getAttribute('aria-describedby')).split(' ');
    const told = await Promise.all(described.map((id) => page.locator(`[id="${id}"]`).innerText()));
    assert.match(told.join(' '), /item 2 must be a mail domain/, 'the error stands at the field');
    if (javaScriptEnabled) await look(page, 'admin-access-mistake');
    await press(page, page.locator('.problem').getByRole('link', { name: 'Allowed domains' }));
    assert.ok(await field.evaluate((element) => element === document.activeElement), 'its link leads to the field');
    await typeOver(page, 'customer.example');
    await press(page, page.getByRole('button', { name: 'Review the change' }));
    await page.getByRole('heading', { name: 'Review the change' }).waitFor();
    assert.deepEqual(page.complaints, []);
    judged.write(name, `a mistake in a form, ${how}`, 'told and mended');
  });
}

test('a change is reviewed, saved and taken back by keyboard alone', async () => {
  const page = await signedIn('grace');
  const field = page.getByLabel('Allowed domains');
  await page.goto(at('/admin/access'));
  const before = await field.inputValue();
  await tabTo(page, field);
  await typeOver(page, 'customer.example\n*.customer.example');
  await press(page, page.getByRole('button', { name: 'Review the change' }));
  await page.getByRole('heading', { name: 'Review the change' }).waitFor();
  await look(page, 'admin-review');
  await page.goto(at('/admin/access'));
  assert.equal(await field.inputValue(), before, 'nothing is saved by a review');

  await page.goBack();
  await press(page, page.getByRole('button', { name: 'Save' }));
  await page.getByText('Saved, and in effect.').waitFor();
  assert.equal(await field.inputValue(), 'customer.example\n*.customer.example');
  await look(page, 'admin-access-saved');
  await press(page, page.getByRole('button', { name: 'Take it back' }));
  await press(page, page.getByRole('button', { name: 'Save' }));
  await page.getByRole('heading', { name: 'Changes' }).waitFor();
  await look(page, 'admin-changes-made');
  await page.goto(at('/admin/access'));
  assert.equal(await field.inputValue(), before, 'the old value is back');
  assert.deepEqual(page.complaints, []);
  judged.write(name, 'a change at the desk', 'saved and taken back');
});

/** What stops people or cannot be undone: where it is asked for, by which words, what the answer says of it, and the button that would do it. */
const ASK_FIRST = [
  ['provider', 'End all sessions of this provider\'s people', 'It cannot be taken back.', 'End all sessions'],
  ['customer', 'End their sessions…', 'They are signed out of the front door in every browser at once', 'End their sessions'],
  ['customer', 'Block them…', 'Their sessions end at once, and whoever signs in', 'Block'],
  ['customer', 'Forget this person…', 'This cannot be undone.', 'Forget this person'],
  ['keys', 'Switch to it …', 'Every service provider', 'Switch now'],
  ['rule', 'Delete this rule', 'Nobody new is added by this rule any more', 'Delete the rule'],
  ['link', 'Forget what was saved of this link', 'Everything that was saved of this link is taken away', 'Review going back to defaults'],
];

/** Makes what can be destroyed; where each is. */
async function thingsToLose(page) {
  const saved = async () => {
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved, and in effect.').waitFor();
  };
  await signedIn('ada');
  await page.goto(at('/admin/customers?q=lovelace'));
  await page.getByRole('link', { name: 'ada@customer.example', exact: true }).click();
  const customer = page.url();
  await page.goto(at('/admin/keys'));
  await page.getByRole('button', { name: 'Prepare the next key' }).click();
  await page.getByText('The next key is ready.').waitFor();
  await page.goto(at('/admin/organizations/new'));
  await page.getByLabel('Organization', { exact: true }).fill('Acme GmbH');
  await page.getByLabel('Domains').fill('acme.example');
  await page.getByRole('button', { name: 'Review the change' }).click();
  await saved();
  await page.goto(at('/admin/links/hr'));
  await page.getByRole('button', { name: 'Make it a pilot' }).click();
  await saved();
  return {
    customer, provider: at('/admin/providers/cognito'), keys: at('/admin/keys'), rule: at('/admin/organizations/0'), link: at('/admin/links/hr'),
  };
}

/** What stands at the top of the audit trail. */
async function newestEvent(page) {
  await page.goto(at('/admin/audit'));
  return page.locator('table.events tbody tr').first().innerText();
}

test('what stops people or cannot be undone asks first', async () => {
  const page = await signedIn('grace');
  const places = await thingsToLose(page);
  const before = await newestEvent(page);
  for (const [place, asked, consequence, button] of ASK_FIRST) {
    await page.goto(places[place]);
    const act = page.getByRole('button', { name: button, exact: true });
    assert.equal(await act.filter({ visible: true }).count(), 0, `${button} is not at hand before`);
    await press(page, page.getByText(asked, { exact: true }).first());
    await page.getByText(consequence).filter({ visible: true }).first().waitFor();
    await tabTo(page, act);
  }
  assert.equal(await newestEvent(page), before, 'nothing was done by asking');
  assert.deepEqual(page.complaints, []);
  judged.write(name, 'what is destroyed', 'asks first');
});
