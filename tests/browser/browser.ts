import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { describe, expect, onTestFinished } from 'vitest';

const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
const isThere = existsSync(executablePath);
if (!isThere && process.env.REQUIRE_CHROMIUM === 'true') {
  throw new Error(`REQUIRE_CHROMIUM is set, but ${executablePath} is missing: apt-get install chromium`);
}

/** Tests that need Chromium; skipped where there is none, unless REQUIRE_CHROMIUM is "true". */
export const describeBrowser = describe.skipIf(!isThere);

/** Keeps Chromium off the network but for what a test asks for, and lets root run it. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts a browser of its own until the test has finished. */
export async function openBrowser(): Promise<Browser> {
  const browser = await chromium.launch({ executablePath, args });
  onTestFinished(() => browser.close());
  return browser;
}

/**
 * Opens a page as a new visitor. When the test has finished, it has failed where the page threw an error or broke
 * its content security policy.
 */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) faults.push(message.text());
  });
  onTestFinished(() => expect(faults).toEqual([]));
  await page.goto(url);
  return page;
}

/** Waits until the prices of a page are live. */
export async function untilLive(page: Page): Promise<void> {
  await page.locator('.top .connection[data-state=live]').waitFor();
}

/** What shows a product, in a list or as its page. */
export const product = (page: Page, productId: number) =>
  page.locator(`[data-product="${productId}"]`).first();

/** The price that a product is shown with, as it is written. */
export async function priceShown(page: Page, productId: number): Promise<string> {
  const text = await product(page, productId).locator('.amount').first().textContent();
  return text?.replace('Price: ', '').trim() ?? '';
}

/** Waits until a product is shown with this price. */
export async function untilPrice(page: Page, productId: number, price: string): Promise<void> {
  await product(page, productId).locator('.amount', { hasText: price }).first().waitFor();
}

/** Signs in as a demo account. */
export async function signInAs(
  page: Page,
  account: 'Standard' | 'VIP' | 'Wholesale' | 'Merchant',
): Promise<void> {
  await page.getByRole('button', { name: 'Sign in', exact: true }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: account, exact: true }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

/** Starts a flash sale by the dialog that a merchant's page has. */
export async function startSale(page: Page, percent: number, minutes: number): Promise<void> {
  await page.getByRole('button', { name: 'Start a flash sale' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Percent off').fill(String(percent));
  await dialog.getByLabel('Minutes').fill(String(minutes));
  await dialog.getByRole('button', { name: 'Start now' }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** Writes a picture for the docs where UPDATE_SCREENSHOTS is "true". */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (process.env.UPDATE_SCREENSHOTS !== 'true') return;
  const path = fileURLToPath(new URL(`../../docs/${name}.png`, import.meta.url));
  await page.screenshot({ path, animations: 'disabled' });
}
