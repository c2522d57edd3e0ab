import { restClient, signIn } from '@hotpath/testing';
import { beforeAll, expect, inject, test } from 'vitest';

const { gateway, admin } = inject('shop');
const rest = restClient(gateway);
let token: string;

beforeAll(async () => {
  token = await signIn(rest, 'merchant');
});

/** How often a process has read a price out of its cache. */
async function hits(process: 'gateway' | 'inventory'): Promise<number> {
  const text = await (await fetch(`http://${admin[process]}/metrics`)).text();
  return Number(/^hotpath_price_cache_reads_total\{outcome="hit"\} (\d+)$/m.exec(text)?.[1]);
}

test('pages and prices are read from the caches, and never differ from what a merchant has set', async () => {
  const product = '501';
  const path = `/api/products/${product}`;
  const before = { gateway: await hits('gateway'), inventory: await hits('inventory') };
  for (let price = 1; price <= 20; price++) {
    const set = await rest('PUT', `${path}/price`, { body: { price, currency: 'GBP' }, token });
    expect(set.status).toBe(200);
    // At once where it was set; where it was not, when the feed has come there too.
    expect((await rest('GET', `${path}/price?currency=GBP`)).body.price).toBe(price);
    await expect.poll(async () => (await rest('GET', `${path}?currency=GBP`)).body.price).toBe(price);
    for (let i = 0; i < 3; i++) {
      expect((await rest('GET', `${path}/price?currency=GBP`)).body.price).toBe(price);
      expect((await rest('GET', `${path}?currency=GBP`)).body.price).toBe(price);
    }
  }
  // Not all: a machine that is busy elsewhere may hold up the confirmation that the feed is up to date.
  await expect
    .poll(async () => {
      await rest('GET', `${path}/price?currency=GBP`);
      await rest('GET', `${path}?currency=GBP`);
      return (
        (await hits('gateway')) > before.gateway + 20 && (await hits('inventory')) > before.inventory + 20
      );
    })
    .toBe(true);
});

test('a sale is in every price from its start to its end, to the reader who asks at each moment', async () => {
  const product = '502';
  const path = `/api/products/${product}`;
  const { body } = await rest('GET', `${path}/price`);
  const startsAt = Date.now() + 700;
  const endsAt = startsAt + 400;
  const sale = await rest('POST', '/api/sales', {
    body: {
      productIds: [product],
      percentOff: 50,
      startsAt: new Date(startsAt).toISOString(),
      endsAt: new Date(endsAt).toISOString(),
    },
    token,
  });
  expect(sale.status).toBe(201);
  const seen = new Set<boolean>();
  let now = Date.now();
  while (now < endsAt + 200) {
    const [asked, price] = [Date.now(), (await rest('GET', `${path}/price`)).body];
    now = Date.now();
    // The clock of the database is this machine's; its ms may be cut off.
    const sold = {
      certain: asked > startsAt && now < endsAt - 1,
      possible: now >= startsAt && asked <= endsAt,
    };
    if (sold.certain) expect(price.onSale).toBe(true);
    if (!sold.possible) expect(price).toEqual(body);
    seen.add(price.onSale);
  }
  expect(seen).toEqual(new Set([false, true]));
});
