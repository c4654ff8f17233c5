// A demo, a headless Chromium, and what the walks have in common: private windows, logging in, and looking at pages.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { after, before } from 'node:test';

import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

import * as judged from '../judged.mjs';

export const TOP = new URL('../../../', import.meta.url).pathname;
const DEMO = process.env.DEMO ?? `${TOP}target/debug/examples/demo`;
const CHROMIUM = '/usr/bin/chromium';
const PICTURES = `${TOP}tests/.work/screenshots`;
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];
let browser;
/** The demo that all walks share, which does what it is told. */
export let demo;
/** What it says of itself. */
export let town;
/** The browser, as the table of judges names it. */
export let name;

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
export async function start(...options) {
  const running = spawn(DEMO, ['--json', ...options], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: running.stdout })[Symbol.asyncIterator]();
  // An imitation that is up while the front door is being put together, and Rocket's log is on for that moment, says so in between.
  const said = async () => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error('the demo has ended');
      if (!value.includes('Rocket has launched')) return value;
    }
  };
  running.tell = async (deed) => {
    running.stdin.write(`${deed}\n`);
    assert.equal(await said(), 'done', deed);
  };
  return [running, JSON.parse(await said())];
}

/** A private window. What a page says on its console that is an error is kept. */
export async function privateWindow(options = {}) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(10_000);
  context.on('page', keepComplaints);
  return context.newPage();
}

function keepComplaints(page) {
  page.complaints = [];
  page.on('console', (message) => {
    const ours = message.location().url.startsWith(town.front_door) || message.text().includes('Content Security Policy');
    if (message.type() === 'error' && ours) page.complaints.push(message.text());
  });
}

export async function logIn(page, username) {
  const person = town.people.find((one) => one.username === username);
  await page.getByRole('button', { name: person.name }).first().click();
}

/** The address of the portal where somebody is signed in. */
export async function atPortal(page) {
  const main = page.locator('[data-signed-in-as]');
  await main.waitFor();
  return [await main.getAttribute('data-signed-in-as'), await main.getAttribute('data-path')];
}

export async function signedIn(username) {
  const page = await privateWindow();
  await page.goto(town.links.help);
  await logIn(page, username);
  await atPortal(page);
  return page;
}

export async function grave(page) {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return violations.filter((one) => ['serious', 'critical'].includes(one.impact)).map((one) => `${one.id}: ${one.nodes[0].html}`);
}

/** Presses Tab until this has the focus, as people without a mouse do. */
export async function tabTo(page, wanted) {
  for (let presses = 0; presses < 150; presses += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`no Tab leads to ${wanted}`);
}

/** The words of what has the focus. */
export function focused(page) {
  return page.evaluate(() => document.activeElement.textContent);
}

/** How many pixels a page is wider than its window. */
export function tooWide(page) {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth));
}

/** The templates of the addresses that were looked at. */
const looked = new Set();

/** Which of the front door's templates an address is of: the one that leaves least open. */
function templateOf(address) {
  const { pathname } = new URL(address);
  const open = (template) => template.split('/').reduce((sum, part) => sum + (part === '<_..>' ? 10 : Number(part.startsWith('<'))), 0);
  const fits = (template) => new RegExp(`^${template.replaceAll('<_..>', '.+').replaceAll(/<\w+>/g, '[^/]+')}$`).test(pathname);
  return town.pages.filter(fits).sort((one, other) => open(one) - open(other))[0];
}

/** What a browser may open at or below this path and was not looked at. */
export function notLookedAt(below) {
  return town.pages.filter((template) => `${template}/`.startsWith(`${below}/`) && !looked.has(template));
}

/** Takes four pictures of a page, and lets axe judge it; nothing may stick out from 320 pixels up. */
export async function look(page, title) {
  looked.add(templateOf(page.url()));
  for (const width of [600, 660, 900]) {
    await page.setViewportSize({ width, height: 800 });
    assert.equal(await tooWide(page), 0, `${title} sticks out at ${width}`);
  }
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [320, 1280]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      // From further down, Chromium leaves parts of a long page unpainted.
      await page.evaluate(() => scrollTo(0, 0));
      await page.screenshot({ path: `${PICTURES}/${title}-${width}-${colorScheme}.png`, fullPage: true });
      assert.equal(await tooWide(page), 0, `${title} sticks out at ${width}`);
    }
    assert.deepEqual(await grave(page), [], `${title}, ${colorScheme}`);
    judged.write(`axe on ${name}`, 'pages, nothing serious', 'accepted');
  }
  assert.deepEqual(page.complaints.filter((text) => text.includes('Content Security Policy')), [], title);
}
