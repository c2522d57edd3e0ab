import { restClient, signIn } from '@hotpath/testing';
import { expect, inject, test } from 'vitest';
import {
  describeBrowser,
  openBrowser,
  openPage,
  priceShown,
  product,
  screenshot,
  signInAs,
  startSale,
  untilLive,
  untilPrice,
} from './browser.ts';

const { gateway, xray } = inject('browserShop');

describeBrowser("the README's five minutes", () => {
  test('products in five currencies; a sale and its end reach every window; segments pay other prices', async () => {
    const browser = await openBrowser();
    const page = await openPage(browser, gateway);
    await untilLive(page);
    expect(await page.locator('.card').count()).toBe(24);

    const shown = new Map<string, string>();
    for (const [currency, sign] of Object.entries({ USD: '$', EUR: '€', GBP: '£', JPY: '¥', INR: '₹' })) {
      await page.getByLabel('Currency').selectOption(currency);
      await untilPrice(page, 1, sign);
      shown.set(currency, await priceShown(page, 1));
    }
    expect(new Set(shown.values()).size).toBe(5);

    const merchant = await openPage(browser, gateway);
    await signInAs(merchant, 'Merchant');
    await product(merchant, 2).getByRole('link').click();
    await untilLive(merchant);
    const [visitors, merchants] = [await priceShown(page, 2), await priceShown(merchant, 2)];
    await startSale(merchant, 40, 5);
    for (const window of [page, merchant]) {
      await product(window, 2).getByText('−40%').waitFor();
      await product(window, 2).getByRole('timer').filter({ hasText: '04:' }).waitFor();
    }
    await screenshot(page, 'shop');
    await screenshot(merchant, 'shop-product');
    await merchant.getByRole('button', { name: 'End the sale now' }).click();
    await untilPrice(page, 2, visitors);
    await untilPrice(merchant, 2, merchants);
    await product(page, 2).getByText('−40%').waitFor({ state: 'detached' });

    const standard = await priceShown(page, 3);
    const paid = [standard];
    for (const account of ['VIP', 'Wholesale'] as const) {
      const other = await openPage(browser, `${gateway}/products/3`);
      await untilLive(other);
      await signInAs(other, account);
      await expect.poll(() => priceShown(other, 3), { timeout: 60_000 }).not.toBe(standard);
      paid.push(await priceShown(other, 3));
    }
    expect(new Set(paid).size).toBe(3);
  });

  test('a price that a merchant sets is seen at once, and the X-ray tells where the time went', async () => {
    const browser = await openBrowser();
    const page = await openPage(browser, `${gateway}/products/4`);
    await untilLive(page);
    const rest = restClient(gateway);
    const token = await signIn(rest, 'merchant');
    await rest('PUT', '/api/products/4/price', { token, body: { price: 499.5, currency: 'INR' } });
    await untilPrice(page, 4, '₹499.50');
    await page.getByRole('listitem').filter({ hasText: 'price changed' }).waitFor();

    const look = await openPage(browser, xray);
    await expect
      .poll(
        async () => {
          await look.reload();
          return look.locator('body').textContent();
        },
        { timeout: 60_000, interval: 500 },
      )
      .toContain('GET /api/products');
  });

  test('the API can be tried out', async () => {
    const page = await openPage(await openBrowser(), `${gateway}/docs`);
    await page.getByText('A page of products with their prices and stock').waitFor();
  });
});
