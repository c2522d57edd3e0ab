/** The words and prices that one category's products are made of. */
export interface Category {
  /** A lower-case word, such as "kitchen". */
  readonly name: string;
  /** How a product's name is made. Default: "{brand} {quality} {thing}". */
  readonly pattern?: string;
  readonly brands: readonly string[];
  readonly qualities: readonly string[];
  readonly things: readonly Thing[];
  /** A description's first sentence, with {brand}, {quality} and {thing}. */
  readonly opening: string;
  /** One of them is its second. */
  readonly sentences: readonly string[];
}

/** What is sold, with its lowest and highest price in whole rupees. */
export interface Thing {
  readonly thing: string;
  readonly low: number;
  readonly high: number;
}

/** Splits a list of words. */
export const words = (text: string) => text.split(', ');

/** Reads "Frying Pan 799-4500, Tawa 499-2400": names with their lowest and highest prices in whole rupees. */
export function things(text: string): Thing[] {
  return words(text).map((entry) => {
    const range = entry.lastIndexOf(' ');
    const [low, high] = entry.slice(range).split('-').map(Number);
    return { thing: entry.slice(0, range), low: low as number, high: high as number };
  });
}
