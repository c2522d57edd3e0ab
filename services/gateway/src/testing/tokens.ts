import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
const kid = 'test';
/** The keys that the stand-in of user publishes. */
export const jwkSet = JSON.stringify({
  keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }],
});

/** A session as user would sign it; claims and header can be told otherwise. */
export function signToken(claims: object = {}, header: object = {}, key = privateKey): Promise<string> {
  const exp = Math.floor(Date.now() / 1000) + 3600;
  return new SignJWT({ sub: '7', role: 'customer', iss: 'hotpath-user', aud: 'hotpath', exp, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid, ...header })
    .sign(key);
}

/** `Authorization` of a customer (user 7) or a merchant (user 9). */
export const bearer = async (role: 'customer' | 'merchant' = 'customer') => ({
  authorization: `Bearer ${await signToken({ role, sub: role === 'merchant' ? '9' : '7' })}`,
});
