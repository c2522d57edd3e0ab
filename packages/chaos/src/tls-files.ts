import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChannelCredentials, credentials } from '@grpc/grpc-js';
import type { KeyPair } from '@hotpath/certificates';
import type { Trial } from './trial.ts';

/** What the names of all processes in a trial's certificates begin with. */
export const spiffeBase = 'spiffe://hotpath.chaos';

/** A folder that goes with the trial. */
export function newFolder(trial: Trial): string {
  const folder = mkdtempSync(join(tmpdir(), 'hotpath-chaos-'));
  trial.onClose(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The settings by which a process takes part in mutual TLS. */
export const mutualTls = (folder: string) => ({
  TRANSPORT_SECURITY: 'mtls',
  TLS_FOLDER: folder,
  SPIFFE_BASE: spiffeBase,
});

/** Writes a process's TLS files as an operator would: one after the other, each at once. */
export function writeTls(folder: string, ca: string, { certificate, key }: KeyPair): void {
  for (const [name, text] of Object.entries({ 'ca.crt': ca, 'tls.crt': certificate, 'tls.key': key })) {
    writeFileSync(join(folder, 'next'), text);
    renameSync(join(folder, 'next'), join(folder, name));
  }
}

/**
 * Credentials as any program may have them, which trusts an authority and does not care who answers.
 * @param folder whose certificate it shows; none where it is left out
 */
export function foreign(caFile: string, folder?: string): ChannelCredentials {
  const own = (name: string) => (folder === undefined ? null : readFileSync(join(folder, name)));
  return credentials.createSsl(readFileSync(caFile), own('tls.key'), own('tls.crt'), {
    checkServerIdentity: () => undefined,
  });
}
