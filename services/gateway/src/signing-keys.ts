import type { UserService } from '@hotpath/contracts';
import { type Client, currentCall, detached } from '@hotpath/rpc';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

/** Keys older than this are asked for again before the next use, ms: a key taken out is soon trusted no more. */
const maxAgeMs = 10 * 60_000;

/** How long asking may take, ms. */
const askMs = 1_000;

/** An unknown key id asks for the keys again at most this often, ms: forged ids must not become load. */
const unknownKeyPauseMs = 10_000;

/**
 * Finds the public key of a session's signature among user's signing keys, which it keeps.
 * Throws jose's JWKSNoMatchingKey for an unknown key, RpcError where the keys cannot be had.
 */
export function createSigningKeys(
  users: Pick<Client<typeof UserService>, 'getSigningKeys'>,
): JWTVerifyGetKey {
  let known: { readonly find: JWTVerifyGetKey; readonly at: number } | undefined;
  let asking: Promise<JWTVerifyGetKey> | undefined;

  async function ask(): Promise<JWTVerifyGetKey> {
    const { jwkSet } = await users.getSigningKeys({});
    const find = createLocalJWKSet(JSON.parse(jwkSet) as JSONWebKeySet);
    known = { find, at: performance.now() };
    return find;
  }

  /** One question at a time, on behalf of all who wait: none of them leaving ends it. */
  function refresh(): Promise<JWTVerifyGetKey> {
    const path = currentCall()?.path ?? 'signing keys';
    asking ??= detached({ path, budgetMs: askMs }, ask).finally(() => {
      asking = undefined;
    });
    return asking;
  }

  return async (header, token) => {
    const age = known ? performance.now() - known.at : Number.POSITIVE_INFINITY;
    const find = known && age < maxAgeMs ? known.find : await refresh();
    try {
      return await find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || age < unknownKeyPauseMs || age > maxAgeMs)
        throw error;
      return (await refresh())(header, token);
    }
  };
}
