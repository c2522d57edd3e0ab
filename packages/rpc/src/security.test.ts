import { join } from 'node:path';
import { Metadata } from '@grpc/grpc-js';
import { afterEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { Call } from './call.ts';
import { base, cleanUp, filesOf, inMs, newAuthority, newFolder, quiet, writeTls } from './mtls.testing.ts';
import { openSecurity, plaintext, securitySettings } from './security.ts';
import { StartError } from './start-error.ts';

const after = cleanUp();
afterEach(() => after.run());
afterEach(() => vi.unstubAllEnvs());

async function open(env: Record<string, string>, nodeEnv = '') {
  vi.stubEnv('NODE_ENV', nodeEnv);
  const settings = z.object(securitySettings).parse({ SPIFFE_BASE: base, ...env });
  const security = await openSecurity(settings, 'pricing', quiet);
  after(security.close);
  return security.mode;
}

test('unset means insecure, but in production unset and insecure refuse to start', async () => {
  expect(await open({})).toBe('insecure');
  expect(await open({ TRANSPORT_SECURITY: 'mesh' }, 'production')).toBe('mesh');
  await expect(open({}, 'production')).rejects.toThrow(
    /^TRANSPORT_SECURITY is not set and NODE_ENV is production.*set mtls/,
  );
  const insecure = open({ TRANSPORT_SECURITY: 'insecure' }, 'production');
  await expect(insecure).rejects.toThrow(/^TRANSPORT_SECURITY is insecure and NODE_ENV is production/);
  await expect(insecure).rejects.toBeInstanceOf(StartError);
  await expect(open({ TRANSPORT_SECURITY: 'tls' })).rejects.toThrow(/mesh/);
  await expect(open({ SPIFFE_BASE: 'hotpath.local' })).rejects.toThrow(/spiffe:/);
});

test('mtls needs a folder with the own, present certificate, and says what is wrong with another', async () => {
  const authority = await newAuthority();
  const folder = newFolder(after);
  const mtls = { TRANSPORT_SECURITY: 'mtls', TLS_FOLDER: folder };
  await expect(open({ TRANSPORT_SECURITY: 'mtls' })).rejects.toThrow('TLS_FOLDER is not set');
  await expect(open(mtls)).rejects.toThrow(/^TLS_FOLDER: ENOENT.*ca\.crt.*npm run certs/);

  writeTls(folder, await filesOf(authority, 'user'));
  await expect(open(mtls)).rejects.toThrow(`tls.crt is for ${base}/user, not for ${base}/pricing`);

  const expired = await authority.issue(`${base}/pricing`, {
    notBefore: inMs(-2_000),
    notAfter: inMs(-1_000),
  });
  writeTls(folder, { ca: authority.certificate, ...expired });
  await expect(open(mtls)).rejects.toThrow('tls.crt expired at 20');

  const good = await filesOf(authority, 'pricing');
  writeTls(folder, { ...good, key: expired.key });
  await expect(open(mtls)).rejects.toThrow(/key values mismatch/);
  writeTls(folder, { ...good, ca: '' });
  await expect(open(mtls)).rejects.toThrow(StartError);

  writeTls(folder, good);
  expect(await open(mtls, 'production')).toBe('mtls');
  await expect(open({ ...mtls, TLS_FOLDER: join(folder, 'tls.key') })).rejects.toThrow(/ENOTDIR/);
});

test("a log says who calls: by certificate, by the mesh's word, or not at all", () => {
  const metadata = new Metadata();
  metadata.set('l5d-client-id', 'inventory.shop.serviceaccount.identity.linkerd.cluster.local');
  const call = new Call({ path: '/x', budgetMs: 1, metadata });
  expect(call.caller).toBe('anonymous');
  expect(plaintext('mesh').callerForLog(call)).toEqual({
    meshClient: 'inventory.shop.serviceaccount.identity.linkerd.cluster.local',
  });
  expect(plaintext('mesh').callerForLog(new Call({ path: '/x', budgetMs: 1 }))).toEqual({
    meshClient: 'anonymous',
  });
  expect(plaintext('insecure').callerForLog(call)).toEqual({});
});
