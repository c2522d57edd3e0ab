import type { Page } from 'playwright-core';
import { expect, inject, onTestFinished, test } from 'vitest';
import { accessibilityFindings } from './axe.ts';
import { describeBrowser, openBrowser, openPage, screenshot } from './browser.ts';

const { gateway, xray } = inject('browserShop');
const views = ['health', 'graph', 'xray', 'chaos'] as const;

/** So much longer than any deadline that nobody can take one for the other. */
const delayMs = 20_000;

const openView = async (view: (typeof views)[number], options = {}) => {
  const page = await openPage(await openBrowser(), `${gateway}/console?view=${view}`, options);
  await untilTold(page);
  return page;
};

const untilTold = (page: Page) => page.locator('main .connection[data-state=live]').waitFor();

/** What the table says of requests that ended in a way. */
async function told(page: Page, words: RegExp) {
  const row = page.getByRole('row', { name: words });
  await row.waitFor();
  const cells = await row.getByRole('cell').allTextContents();
  const [, count = '', p50 = '', , slowest = ''] = cells;
  // What took longer than 10 s is told in seconds, and so is no number here.
  const ms = (text: string) => Number(/^([\d,.]+) ms$/.exec(text)?.[1]?.replace(',', ''));
  return { count: Number(count), p50: ms(p50), slowest: ms(slowest) };
}

/** Sends some requests, so that there is something to see, and waits until the X-ray has seen them. */
async function askSomething(): Promise<void> {
  for (let i = 0; i < 20; i++) await fetch(`${gateway}/api/products?pageSize=20`);
  const traces = async () => {
    const url = `${gateway}/api/console/xray?operation=${encodeURIComponent('GET /api/products')}`;
    return (await fetch(url)).status;
  };
  await expect.poll(traces, { timeout: 60_000, interval: 500 }).toBe(200);
}

describeBrowser('the console', () => {
  test('a call that is held back ends by its deadline and not later, and all is well when it is healed', async () => {
    onTestFinished(async () => {
      await fetch(`${gateway}/api/console/faults`, { method: 'DELETE' });
    });
    const page = await openView('chaos');
    const legend = (await page.locator('[data-outcome=line]', { hasText: 'ms' }).textContent()) ?? '';
    const deadlineMs = Number(legend.replace(/\D/g, ''));
    expect(deadlineMs).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Start asking' }).click();
    const answered = async () => (await told(page, /^answered/)).count;
    await expect.poll(answered, { timeout: 60_000 }).toBeGreaterThan(20);
    const control = await told(page, /^answered/);

    const form = page.getByRole('form', { name: 'Break something' });
    await form.getByRole('combobox', { name: 'Calls' }).selectOption('gateway → inventory');
    await form
      .getByRole('combobox', { name: 'RPC' })
      .selectOption({ label: 'InventoryService/ListProducts' });
    await form.getByLabel('Delay, ms').fill(String(delayMs));
    // So long that on no machine it heals before it is told to.
    await form.getByLabel('Heals after, s').fill('3600');
    await form.getByRole('button', { name: 'Set the fault' }).click();
    await page.locator('.set-faults', { hasText: 'gateway → inventory' }).waitFor();
    const late = await told(page, /^ended by the deadline/);
    expect(late.p50).toBeGreaterThanOrEqual(deadlineMs - 5);
    await expect.poll(async () => (await told(page, /^ended/)).count, { timeout: 60_000 }).toBeGreaterThan(3);
    const ended = await told(page, /^ended/);
    expect(ended.slowest).toBeLessThan(delayMs / 2);
    expect(ended.p50).toBeLessThan(deadlineMs + Math.max(500, 10 * control.p50));
    await screenshot(page, 'console-chaos');
    expect(await accessibilityFindings(page)).toEqual([]);

    await form.getByRole('button', { name: 'Heal all' }).click();
    await page.getByText('Nothing.').waitFor();
    const before = await answered();
    await expect.poll(answered, { timeout: 60_000 }).toBeGreaterThan(before);
  });

  test('each process is told to be ready, and served by gRPC', async () => {
    const page = await openView('health');
    for (const name of ['gateway', 'inventory', 'pricing', 'user']) {
      const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) });
      expect(await card.textContent()).toContain(`${name}ready`);
      expect(await card.textContent()).toContain(name === 'gateway' ? 'serves REST' : 'SERVING');
    }
  });

  test('the call graph tells in words what it shows: what was used of each budget', async () => {
    await askSomething();
    const page = await openView('graph');
    const picture = await page.getByRole('img').getAttribute('aria-label');
    expect(picture).toMatch(/gateway calls inventory: p99 (over )?[\d.]+ %/);
    const row = page.getByRole('row', { name: /gateway → inventory InventoryService\/ListProducts/ });
    expect(await row.getByRole('cell').nth(4).textContent()).toMatch(/[1-9]/);
    await screenshot(page, 'console-graph');
    await page.getByLabel('Counted').selectOption('in the last minute, as seen here');
    await askSomething();
    await expect
      .poll(() => row.getByRole('cell').nth(4).textContent(), { timeout: 60_000 })
      .toMatch(/^[1-9]/);
  });

  test('the X-ray tells of each hop at three quantiles, and leads to the whole of it', async () => {
    await askSomething();
    const page = await openView('xray');
    await page.getByLabel('Requests').selectOption('GET /api/products');
    expect(await page.getByLabel('Requests').textContent()).not.toContain('/api/console');
    const hop = page.getByRole('row', { name: /^inventory [\d.,]+ ms [\d.,]+ ms [\d.,]+ ms$/ });
    await hop.waitFor();
    await page.getByRole('combobox', { name: 'At', exact: true }).selectOption('p99');
    await page.getByRole('table', { name: 'Where the time goes at p99' }).waitFor();
    expect(await page.getByRole('link', { name: 'The whole X-ray' }).getAttribute('href')).toContain(xray);
  });

  test('a gateway that is gone is told, and what was seen stays until it is back', async () => {
    const page = await openView('health');
    await page.route('**/api/console/health', (route) => route.abort());
    await page.locator('main .connection[data-state=lost]').waitFor();
    await page.getByRole('heading', { name: 'inventory' }).waitFor();
    await page.unroute('**/api/console/health');
    await untilTold(page);
  });

  test.each(views)('%s says why where it cannot be told, or where there is none', async (view) => {
    const page = await openPage(await openBrowser(), 'about:blank');
    await page.route('**/api/console/*', (route) =>
      route.fulfill({ status: view === 'chaos' ? 404 : 503, json: { detail: 'It is away.' } }),
    );
    await page.goto(`${gateway}/console?view=${view}`);
    await page.getByText(view === 'chaos' ? 'npm start -- --faults' : 'It is away.').waitFor();
  });

  test.each(['light', 'dark'] as const)('axe finds nothing in it, in %s', async (colorScheme) => {
    await askSomething();
    const page = await openPage(await openBrowser(), 'about:blank', { colorScheme });
    for (const view of views) {
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: 800 });
        await page.goto(`${gateway}/console?view=${view}`);
        await untilTold(page);
        expect(await accessibilityFindings(page), `${view} at ${width}`).toEqual([]);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(wide, view).toBe(width);
      }
    }
  });

  test('by keyboard one goes from view to view', async () => {
    const page = await openView('health');
    await page.getByRole('link', { name: 'Call graph' }).press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Call graph' }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    expect(await page.getByRole('link', { name: 'Call graph' }).getAttribute('aria-current')).toBe('page');
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Health' }).waitFor();
  });
});
