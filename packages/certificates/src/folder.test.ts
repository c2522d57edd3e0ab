import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createAuthority } from './authority.ts';
import { ensureCertificates } from './folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'hotpath-certs-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const names = ['gateway', 'pricing'];
const spiffeBase = 'spiffe://hotpath.local';
const ensure = (force = false) => ensureCertificates({ folder, names, spiffeBase, force });
const read = (path: string) => readFileSync(join(folder, path), 'utf8');
const certificate = (path: string) => new X509Certificate(read(path));
const day = 24 * 60 * 60 * 1000;

test('a certificate per name, signed by one authority that signs nothing else, readable by its owner only', async () => {
  expect(await ensure()).toEqual(names);
  const ca = certificate('ca/ca.crt');
  const own = certificate('pricing/tls.crt');
  expect(read('pricing/ca.crt')).toBe(read('ca/ca.crt'));
  expect(own.verify(ca.publicKey)).toBe(true);
  expect(own.subjectAltName).toBe('URI:spiffe://hotpath.local/pricing, DNS:localhost, IP Address:127.0.0.1');
  expect([ca.ca, own.ca]).toEqual([true, false]);
  expect(own.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
  expect(own.serialNumber).not.toBe(certificate('gateway/tls.crt').serialNumber);
  for (const cert of [ca, own])
    expect(cert.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  expect(own.validToDate.getTime() - Date.now()).toBeLessThanOrEqual(7 * day);
  expect(ca.validToDate.getTime() - Date.now()).toBeLessThanOrEqual(30 * day);
  for (const path of ['ca/ca.key', 'pricing/tls.key', 'pricing/tls.crt']) {
    expect(statSync(join(folder, path)).mode & 0o777).toBe(0o600);
  }
  expect(statSync(join(folder, 'pricing')).mode & 0o777).toBe(0o700);
});

test('a good set stays; --force replaces the certificates, not the authority', async () => {
  await ensure();
  const before = read('pricing/tls.crt');
  expect(await ensure()).toEqual([]);
  expect(read('pricing/tls.crt')).toBe(before);
  const ca = read('ca/ca.crt');
  expect(await ensure(true)).toEqual(names);
  expect(read('pricing/tls.crt')).not.toBe(before);
  expect(read('pricing/ca.crt')).toBe(ca);
});

test('one that is missing, about to expire, of another authority or without its key is made anew', async () => {
  await ensure();
  rmSync(join(folder, 'pricing'), { recursive: true });
  expect(await ensure()).toEqual(['pricing']);

  writeFileSync(join(folder, 'pricing/tls.key'), read('gateway/tls.key'));
  expect(await ensure()).toEqual(['pricing']);

  const other = await createAuthority('hotpath.local', { notAfter: new Date(Date.now() + 30 * day) });
  const soon = await other.issue('spiffe://hotpath.local/pricing', {
    notAfter: new Date(Date.now() + 2 * day),
  });
  writeFileSync(join(folder, 'pricing/tls.crt'), soon.certificate);
  writeFileSync(join(folder, 'pricing/tls.key'), soon.key);
  expect(await ensure()).toEqual(['pricing']);

  writeFileSync(join(folder, 'ca/ca.crt'), other.certificate);
  writeFileSync(join(folder, 'ca/ca.key'), other.key);
  expect(await ensure()).toEqual(names);
  const late = await other.issue('spiffe://hotpath.local/pricing', {
    notAfter: new Date(Date.now() + day / 2),
  });
  writeFileSync(join(folder, 'pricing/tls.crt'), late.certificate);
  writeFileSync(join(folder, 'pricing/tls.key'), late.key);
  expect(await ensure()).toEqual(['pricing']);
});

test('an authority that would not outlive its certificates is replaced, and they with it', async () => {
  await ensure();
  const dying = await createAuthority('hotpath.local', { notAfter: new Date(Date.now() + 6 * day) });
  writeFileSync(join(folder, 'ca/ca.crt'), dying.certificate);
  writeFileSync(join(folder, 'ca/ca.key'), dying.key);
  expect(await ensure()).toEqual(names);
  expect(read('ca/ca.crt')).not.toBe(dying.certificate);
});
