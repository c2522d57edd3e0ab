import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect, inject, test } from 'vitest';
import { accessibilityFindings } from './axe.ts';
import { describeBrowser, openBrowser, openPage, signInAs, untilLive } from './browser.ts';

const { gateway } = inject('browserShop');

/** Every page and dialog of the shop, as a merchant sees it. */
async function eachState(options: BrowserContextOptions, look: (page: Page, name: string) => Promise<void>) {
  const page = await openPage(await openBrowser(), gateway, options);
  await untilLive(page);
  await look(page, 'list');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await look(page, 'sign in');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await signInAs(page, 'Merchant');
  await page.goto(`${gateway}/products/15`);
  await untilLive(page);
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await look(page, 'product');
  await page.getByRole('button', { name: 'Start a flash sale' }).click();
  await look(page, 'flash sale');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await page.goto(`${gateway}/cart`);
  await page.locator('.cart-total .amount', { hasText: '₹' }).waitFor();
  await look(page, 'cart');
  await page.getByRole('button', { name: 'Reserve all' }).click();
  await page.locator('.reserved[data-state=held]').waitFor();
  await look(page, 'reserved');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: /^Hide/ }).click();
  await page.getByText('Nothing is in your cart').waitFor();
  await look(page, 'empty cart');
  await page.goto(`${gateway}/products/999999`);
  await page.getByRole('alert').waitFor();
  await look(page, 'no such product');
  await page.goto(`${gateway}/?category=nothing`);
  await page.getByText('There are no products here').waitFor();
  await look(page, 'nothing in a category');
}

describeBrowser('the shop', () => {
  test.each(['light', 'dark'] as const)('axe finds nothing wrong with any page (%s)', async (colorScheme) => {
    await eachState({ colorScheme, reducedMotion: 'reduce' }, async (page, name) => {
      expect(await accessibilityFindings(page), name).toEqual([]);
    });
  });

  test('axe would find a button without a name', async () => {
    const page = await openPage(await openBrowser(), gateway);
    await untilLive(page);
    await page.evaluate(() => document.querySelector('main')?.append(document.createElement('button')));
    expect((await accessibilityFindings(page)).join()).toContain('button-name');
  });

  test('on a phone of 360 pixels nothing is wider than the screen', async () => {
    const viewport = { width: 360, height: 740 };
    await eachState({ viewport, hasTouch: true, isMobile: true }, async (page, name) => {
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, name).toBe(360);
    });
  });

  test('by keyboard alone one gets to a product, into the cart, and sees where one is', async () => {
    const page = await openPage(await openBrowser(), gateway);
    await untilLive(page);
    const focused = () =>
      page.evaluate(() => {
        const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement as Element);
        return {
          text: document.activeElement?.textContent ?? '',
          outline: `${outlineStyle} ${outlineWidth}`,
        };
      });
    await page.keyboard.press('Tab');
    expect(await focused()).toMatchObject({ text: expect.stringContaining('Skip'), outline: 'solid 3px' });
    await page.keyboard.press('Enter');
    const name = (await page.locator('.card h2').first().textContent()) ?? '';
    for (let i = 0; (await focused()).text !== name; i++) {
      expect(i, 'it is reached soon').toBeLessThan(20);
      await page.keyboard.press('Tab');
      expect((await focused()).outline).toBe('solid 3px');
    }
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await page.getByLabel('Pieces').press('Enter');
    await page.getByRole('link', { name: /Cart 1/ }).press('Enter');
    await page.locator('.cart-line', { hasText: name }).waitFor();
  });

  test.each([
    ['reduce', false],
    ['no-preference', true],
  ] as const)(
    'what is waited for moves, but not for whoever asked for that (%s)',
    async (reducedMotion, moves) => {
      const page = await openPage(await openBrowser(), 'about:blank', { reducedMotion });
      await page.route('**/api/products?*', () => {}); // no list ever comes
      await page.goto(gateway);
      await page.locator('.skeleton').first().waitFor();
      expect(await page.evaluate(() => document.getAnimations().length > 0)).toBe(moves);
    },
  );

  test('a dialog gives the focus back to the button that opened it', async () => {
    const page = await openPage(await openBrowser(), gateway);
    await untilLive(page);
    const opener = page.getByRole('button', { name: 'Sign in', exact: true });
    await opener.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await opener.evaluate((button) => button === document.activeElement)).toBe(true);
  });

  test('a shop that cannot be reached is told, and tried again', async () => {
    const page = await openPage(await openBrowser(), gateway);
    await untilLive(page);
    await page.route('**/api/products?*', (route) => route.abort());
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('alert').getByText('The shop cannot be reached').waitFor();
    await page.unroute('**/api/products?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.card[data-product]').first().waitFor();
    expect(await page.locator('.card[data-product]').count()).toBe(24);
  });
});
