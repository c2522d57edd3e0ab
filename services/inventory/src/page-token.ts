import { invalidArgument } from '@hotpath/rpc';

const version = 1;

/** Where a page begins: after this product, in this category (empty: all). */
export interface Place {
  readonly after: bigint;
  readonly category: string;
}

/** The token of the page that begins there. It is opaque to callers. */
export function toPageToken({ after, category }: Place): string {
  return Buffer.from(JSON.stringify([version, `${after}`, category])).toString('base64url');
}

/**
 * Where the page of that token begins; the empty token is the first page's.
 * Throws INVALID_ARGUMENT for what is no token and for a token of another category's list.
 */
export function fromPageToken(token: string, category: string): Place {
  if (token === '') return { after: 0n, category };
  const after = read(token, category);
  if (after === undefined) {
    throw invalidArgument('page_token', 'must be the next page token of an answer for the same category');
  }
  return { after, category };
}

function read(token: string, category: string): bigint | undefined {
  const text = Buffer.from(token, 'base64url').toString();
  const [, after] = /^\[1,"(\d{1,19})",/.exec(text) ?? [];
  if (after === undefined) return undefined;
  const key = BigInt(after);
  // Only the very token that was given is taken back: whatever else decodes to a place is refused.
  return token === toPageToken({ after: key, category }) && BigInt.asIntN(64, key) === key ? key : undefined;
}
