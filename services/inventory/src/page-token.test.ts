import { Code } from '@hotpath/rpc';
import { expect, test } from 'vitest';
import { fromPageToken, toPageToken } from './page-token.ts';

test('a token leads back to its place, whatever the id and the category', () => {
  for (const after of [1n, 2n ** 53n + 1n, 2n ** 63n - 1n]) {
    for (const category of ['', 'kitchen', 'à "la" carte', '__proto__']) {
      const place = { after, category };
      expect(fromPageToken(toPageToken(place), category)).toEqual(place);
    }
  }
});

test('the empty token is the first page', () => {
  expect(fromPageToken('', 'books')).toEqual({ after: 0n, category: 'books' });
});

test.each([
  ['of another category', toPageToken({ after: 1n, category: 'books' })],
  ['of another version', Buffer.from('[2,"1","kitchen"]').toString('base64url')],
  ['an id beyond int64', Buffer.from('[1,"9223372036854775808","kitchen"]').toString('base64url')],
  ['an id with a leading zero', Buffer.from('[1,"01","kitchen"]').toString('base64url')],
  ['a negative id', Buffer.from('[1,"-1","kitchen"]').toString('base64url')],
  ['another encoding of the same', `${toPageToken({ after: 1n, category: 'kitchen' })}=`],
  ['no base64', '%%%'],
  ['no token', 'kitchen'],
])('refuses a token %s', (_, token) => {
  expect(() => fromPageToken(token, 'kitchen')).toThrow(
    expect.objectContaining({ code: Code.INVALID_ARGUMENT }),
  );
});
