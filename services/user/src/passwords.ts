import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/**
 * scrypt's cost (RFC 7914): 2^15 blocks of 1 KiB, three times; about 0.15 s and 32 MiB a password. One of the
 * equally strong settings of OWASP's Password Storage Cheat Sheet. Old hashes keep the cost they were made with.
 */
const cost = { ln: 15, r: 8, p: 3 };

const saltBytes = 16;
const keyBytes = 32;

/** Hashes a password, slowly on purpose, as `$scrypt$ln=15,r=8,p=3$salt$key` (PHC string format, base64). */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const key = await deriveKey(password, salt, keyBytes, cost);
  return `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${toBase64(salt)}$${toBase64(key)}`;
}

/**
 * Whether a password fits its hash. Without a hash (no such user, or one who cannot sign in) it works as long and
 * says no, so that the time of the answer does not tell who has an account.
 */
export async function verifyPassword(password: string, hash: string | null | undefined): Promise<boolean> {
  if (!hash) {
    await deriveKey(password, randomBytes(saltBytes), keyBytes, cost);
    return false;
  }
  const match = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(hash);
  if (!match) throw new Error('a stored password hash is not in the form of hashPassword()');
  const [, ln, r, p, salt = '', key = ''] = match;
  const expected = Buffer.from(key, 'base64');
  const given = await deriveKey(password, Buffer.from(salt, 'base64'), expected.length, {
    ln: Number(ln),
    r: Number(r),
    p: Number(p),
  });
  return timingSafeEqual(given, expected);
}

function deriveKey(
  password: string,
  salt: Buffer,
  length: number,
  { ln, r, p }: typeof cost,
): Promise<Buffer> {
  const N = 2 ** ln;
  // Node refuses more than 32 MiB unless told; scrypt needs 128 * N * r and a little.
  return derive(password, salt, length, { N, r, p, maxmem: 2 * 128 * N * r });
}

/** Base64 without padding, as the PHC string format has it. */
function toBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
