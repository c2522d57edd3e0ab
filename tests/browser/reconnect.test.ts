import { restClient, signIn, startReplica } from '@hotpath/testing';
import { expect, inject, onTestFinished, test } from 'vitest';
import { describeBrowser, openBrowser, openPage, untilLive, untilPrice } from './browser.ts';

const { gateway, services } = inject('browserShop');
const productId = 8;

/** A gateway of its own before the shop's services, which can be restarted. */
async function startGateway() {
  const replica = await startReplica('gateway', {
    INVENTORY_ADDRESS: services.inventory,
    PRICING_ADDRESS: services.pricing,
    USER_ADDRESS: services.user,
    DRAIN_GRACE_MS: '2000',
  });
  onTestFinished(() => replica.close());
  return replica;
}

/** Sets the product's price by the shop's own gateway. */
async function setPrice(price: number): Promise<void> {
  const rest = restClient(gateway);
  const body = { price, currency: 'INR' };
  const token = await signIn(rest, 'merchant');
  const { status } = await rest('PUT', `/api/products/${productId}/price`, { token, body });
  expect(status).toBe(200);
}

describeBrowser('a page whose gateway restarts', () => {
  test.each(['stop', 'kill'] as const)(
    'has missed no change of a price when it is back (%s)',
    async (how) => {
      const replica = await startGateway();
      const page = await openPage(await openBrowser(), `http://${replica.address}/products/${productId}`);
      await untilLive(page);
      await setPrice(1001);
      await untilPrice(page, productId, '₹1,001.00');

      await replica[how]();
      await page.locator('.connection[data-state=lost]').waitFor();
      for (const price of [1002, 1003, 1004]) await setPrice(price);
      await replica.start();
      await untilPrice(page, productId, '₹1,004.00');
      await page.locator('.connection[data-state=live]').waitFor();
      const seen = await page.locator('.changes li').allTextContents();
      const prices = seen.map((text) => text.match(/₹[\d,.]+/)?.[0]);
      expect(prices).toEqual(['₹1,004.00', '₹1,003.00', '₹1,002.00', '₹1,001.00']);
      expect(seen.join()).not.toContain('missed');
    },
  );

  test('asks for its cart again, and quotes it at the price of now', async () => {
    const replica = await startGateway();
    await setPrice(2000);
    const page = await openPage(await openBrowser(), `http://${replica.address}/products/${productId}`);
    await page.getByLabel('Pieces').fill('3');
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await page.getByRole('link', { name: /Cart/ }).click();
    const total = (text: string) => page.locator('.cart-total .amount', { hasText: text }).waitFor();
    await total('₹6,000.00');
    await replica.stop();
    await page.locator('.connection[data-state=lost]').waitFor();
    await setPrice(2100);
    await replica.start();
    await total('₹6,300.00');
  });
});
