import { restClient, signIn } from '@hotpath/testing';
import type { Page } from 'playwright-core';
import { expect, inject, test } from 'vitest';
import {
  describeBrowser,
  openBrowser,
  openPage,
  priceShown,
  product,
  untilLive,
  untilPrice,
} from './browser.ts';

const { gateway } = inject('browserShop');

/** What moves counts where it is seen: all cards are. */
const viewport = { width: 1280, height: 3000 };

/** How far the page's parts were moved since it was first whole; 0: not at all. */
const shifts = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0;
        const observer = new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[])
            sum += entry.value;
        });
        observer.observe({ type: 'layout-shift', buffered: true });
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
      }),
  );

describeBrowser('a flash sale', () => {
  test('two browsers see it begin, count down and end by its time, and nothing on their pages moves', async () => {
    const pages = await Promise.all(
      [1, 2].map(async () => openPage(await openBrowser(), gateway, { viewport })),
    );
    await Promise.all(pages.map(untilLive));
    const before = await priceShown(pages[0] as Page, 6);
    const moved = await Promise.all(pages.map(shifts));

    const rest = restClient(gateway);
    const token = await signIn(rest, 'merchant');
    const endsAt = new Date(Date.now() + 20_000).toISOString();
    const { status } = await rest('POST', '/api/sales', {
      token,
      body: { productIds: ['6', '7'], percentOff: 25, endsAt },
    });
    expect(status).toBe(201);
    await Promise.all(pages.map((page) => product(page, 6).getByText('−25%').waitFor()));
    const news = pages.map((page) => page.locator('[aria-live=polite].visually-hidden').textContent());
    for (const told of await Promise.all(news)) expect(told).toMatch(/sale started, now ₹/);
    await Promise.all(pages.map((page) => untilPrice(page, 6, before)));
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(endsAt) - 50);
    expect(await Promise.all(pages.map(shifts))).toEqual(moved);
    expect(Math.max(...moved)).toBeLessThan(0.05);
  });

  test('a hidden page holds no stream, and is told what it missed when it is shown', async () => {
    const page = await openPage(await openBrowser(), `${gateway}/products/12`);
    await untilLive(page);
    const rest = restClient(gateway);
    const token = await signIn(rest, 'merchant');
    const open = async () => (await rest('GET', '/api/streams')).body.open;
    const turn = (state: 'hidden' | 'visible') =>
      page.evaluate((now) => {
        Object.defineProperty(document, 'visibilityState', { value: now, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, state);
    // Those of pages that were open before may end a little later than their browsers.
    await expect.poll(open, { timeout: 60_000 }).toBe(1);
    await turn('hidden');
    await expect.poll(open, { timeout: 60_000 }).toBe(0);
    for (const price of [3001, 3002]) {
      await rest('PUT', '/api/products/12/price', { token, body: { price, currency: 'INR' } });
    }
    await turn('visible');
    await untilPrice(page, 12, '₹3,002.00');
    expect(await page.locator('.changes li').count()).toBe(2);
  });

  test('the page says how many streams are open', async () => {
    const browser = await openBrowser();
    const page = await openPage(browser, gateway);
    const count = async () => Number.parseInt((await page.locator('.streams').textContent()) ?? '', 10);
    await expect.poll(count, { timeout: 60_000 }).toBe(1);
    await untilLive(await openPage(browser, gateway));
    await expect.poll(count, { timeout: 60_000 }).toBe(2);
  });
});
