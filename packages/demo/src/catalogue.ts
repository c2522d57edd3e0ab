import { categories } from './categories.ts';
import { type Prices, pricesOf } from './prices.ts';
import { createRandom, type Random } from './random.ts';
import type { Category } from './words.ts';

/** How many products the catalogue has; their ids are 1 to this. */
export const productCount = 10_000;

/** A place that holds stock. */
export interface DemoWarehouse {
  /** Such as "in-bom-1": country, nearest airport, number. */
  readonly warehouseId: string;
  /** The city, for people. */
  readonly name: string;
}

/** The five warehouses. */
export const warehouses: readonly DemoWarehouse[] = [
  { warehouseId: 'in-blr-1', name: 'Bengaluru' },
  { warehouseId: 'in-bom-1', name: 'Mumbai' },
  { warehouseId: 'in-ccu-1', name: 'Kolkata' },
  { warehouseId: 'in-del-1', name: 'Delhi' },
  { warehouseId: 'in-maa-1', name: 'Chennai' },
];

/** One product of the demo catalogue. */
export interface DemoProduct {
  readonly productId: bigint;
  /** Unique in the catalogue. */
  readonly name: string;
  /** Two sentences. */
  readonly description: string;
  /** One of the twelve categories. */
  readonly category: string;
  /** In minor units, in every currency. */
  readonly prices: Prices;
  /** Pieces by warehouse id, 0 to 500; about one in twelve is 0. */
  readonly stock: Readonly<Record<string, number>>;
}

/** The whole catalogue in the order of its ids: the same products at every call, on every machine. */
export function catalogue(): DemoProduct[] {
  return Array.from({ length: productCount }, (_, index) => product(index + 1));
}

/** One product of the catalogue. Throws RangeError for a number that is not from 1 to {@link productCount}. */
export function product(number: number): DemoProduct {
  if (!Number.isInteger(number) || number < 1 || number > productCount) {
    throw new RangeError(`The demo catalogue has products 1 to ${productCount}, not ${number}`);
  }
  const random = createRandom(number);
  const category = categories[number % categories.length] as Category;
  const { words, low, high } = combination(category, Math.floor(number / categories.length));
  const draw = random.next();
  // The square makes cheap things common and dear ones rare, as in a real shop.
  const rupees = low + (high - low) * draw * draw;
  return {
    productId: BigInt(number),
    name: fill(category.pattern ?? '{brand} {quality} {thing}', words),
    description: `${fill(category.opening, words)} ${random.pick(category.sentences)}`,
    category: category.name,
    prices: pricesOf(rupees),
    stock: Object.fromEntries(warehouses.map(({ warehouseId }) => [warehouseId, pieces(random)])),
  };
}

type Words = Readonly<Record<'brand' | 'quality' | 'thing', string>>;

/** Prime and greater than any list of words, so that multiples of it run through every combination once. */
const stride = 7919;

/** The category's combination of words number `serial`: another one for every serial. */
function combination({ brands, qualities, things }: Category, serial: number) {
  const [brand, quality, { thing, low, high }] = at(brands, qualities, things, serial * stride);
  return { words: { brand, quality, thing }, low, high };
}

/** Reads a number as three digits, one of each list. */
function at<A, B, C>(a: readonly A[], b: readonly B[], c: readonly C[], number: number): [A, B, C] {
  const second = Math.floor(number / c.length);
  const third = Math.floor(second / b.length);
  return [a[third % a.length] as A, b[second % b.length] as B, c[number % c.length] as C];
}

function fill(pattern: string, words: Words): string {
  return pattern.replace(/\{(brand|quality|thing)\}/g, (_, word: keyof Words) => words[word]);
}

function pieces(random: Random): number {
  return random.next() < 1 / 12 ? 0 : random.between(1, 500);
}
