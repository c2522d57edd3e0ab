import { restClient, signIn } from '@hotpath/testing';
import type { Page } from 'playwright-core';
import { expect, inject, test } from 'vitest';
import { describeBrowser, openBrowser, openPage, screenshot, signInAs } from './browser.ts';

const { gateway } = inject('browserShop');
const rest = restClient(gateway);

const inventory = async (productId: number): Promise<number> => {
  const { body } = await rest('GET', `/api/products/${productId}`);
  return body.stock.reduce((sum: number, one: { available: number }) => sum + one.available, 0);
};

async function addToCart(page: Page, productId: number, pieces: number): Promise<void> {
  await page.goto(`${gateway}/products/${productId}`);
  await page.getByLabel('Pieces').fill(String(pieces));
  await page.getByRole('button', { name: 'Add to cart' }).click();
}

const total = (page: Page, text: string | RegExp) =>
  page.locator('.cart-total .amount', { hasText: text }).waitFor();

describeBrowser('a cart', () => {
  test('is quoted while it is open: by quantity, price, currency and segment', async () => {
    const token = await signIn(rest, 'merchant');
    const set = (price: number) =>
      rest('PUT', '/api/products/9/price', { token, body: { price, currency: 'INR' } });
    await set(100);
    const page = await openPage(await openBrowser(), gateway);
    await addToCart(page, 9, 2);
    await page.getByRole('link', { name: /Cart/ }).click();
    await total(page, '₹200.00');
    await page.getByLabel(/^Pieces of/).fill('5');
    await page.getByLabel(/^Pieces of/).press('Enter');
    await total(page, '₹500.00');
    await set(110);
    await total(page, '₹550.00');
    await page.getByLabel('Currency').selectOption('USD');
    await total(page, '$');
    await page.getByLabel('Currency').selectOption('INR');
    await total(page, '₹550.00');
    await signInAs(page, 'VIP');
    await total(page, /₹(?!550)/);
    await page.reload();
    await total(page, /₹(?!550)/);
    await page.getByRole('button', { name: /^Remove / }).click();
    await page.getByText('Nothing is in your cart').waitFor();
  });

  test('is reserved once; what is held is confirmed or given back', async () => {
    const [first, second] = [await inventory(10), await inventory(11)];
    const page = await openPage(await openBrowser(), gateway);
    await addToCart(page, 10, 2);
    await addToCart(page, 11, 1);
    await page.getByRole('link', { name: /Cart/ }).click();
    await page.getByRole('button', { name: 'Sign in to reserve' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Standard' }).click();
    await page.getByRole('button', { name: 'Reserve all' }).waitFor();
    await total(page, '₹');
    await screenshot(page, 'shop-cart');
    await page.getByRole('button', { name: 'Reserve all' }).click();
    const held = page.locator('.reserved[data-state=held]');
    await held.nth(1).waitFor();
    expect(await inventory(10)).toBe(first - 2);
    // The reservations outlive the page.
    await page.reload();
    await held.filter({ hasText: '2 ×' }).getByRole('button', { name: 'Confirm' }).click();
    await page.locator('.reserved[data-state=confirmed]').waitFor();
    await held.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('.reserved[data-state=released]').waitFor();
    expect([await inventory(10), await inventory(11)]).toEqual([first - 2, second]);
  });

  test('asked for again after an answer that got lost, it is still reserved once', async () => {
    const before = await inventory(13);
    const page = await openPage(await openBrowser(), gateway);
    await signInAs(page, 'Standard');
    await addToCart(page, 13, 3);
    // The request is answered, but the browser does not get to know.
    await page.route('**/api/reservations', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await page.getByRole('link', { name: /Cart/ }).click();
    await page.getByRole('button', { name: 'Reserve all' }).click();
    await page.getByText('The shop cannot be reached').waitFor();
    await page.unroute('**/api/reservations');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.reserved[data-state=held]').waitFor();
    expect(await inventory(13)).toBe(before - 3);
  });

  test('more than there is cannot be reserved, and the page says why', async () => {
    const page = await openPage(await openBrowser(), gateway);
    await signInAs(page, 'Standard');
    await addToCart(page, 14, 999);
    await page.getByRole('link', { name: /Cart/ }).click();
    await page.getByRole('button', { name: 'Reserve all' }).click();
    await page.locator('.reserved [role=alert]').waitFor();
    expect(await page.locator('.reserved [role=alert]').textContent()).toMatch(/\w{3}/);
    expect(await page.locator('.cart-line').count()).toBe(1);
  });
});
