import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Secret } from 'kubernetes-types/core/v1.d.ts';
import { catalogue, databaseOf } from './catalogue.ts';
import { tlsSecretOf } from './certificates.ts';
import { partOfShop } from './kube.ts';
import { postgresPort, postgresSecret } from './postgres.ts';

/**
 * The Secrets of the local environments' PostgreSQL, with new passwords at every call: the superuser's, and of each
 * database its owner's and its service's, as `password` and `url`. They are for an API server, not for a file, and for
 * a namespace that has none yet: the server takes its passwords once, when its volume is empty.
 */
export function databaseSecrets(namespace: string): readonly Secret[] {
  const secret = (name: string, stringData: Record<string, string>) =>
    secretOf(namespace, name, 'Opaque', stringData);
  const owned = catalogue
    .filter(({ database }) => database)
    .flatMap(({ name }) => {
      const { database, owner, ownerSecret, role, secret: own } = databaseOf(name);
      return [[ownerSecret, owner] as const, [own, role] as const].map(([secretName, user]) => {
        const password = newPassword();
        const url = `postgres://${user}:${password}@postgres:${postgresPort}/${database}`;
        return secret(secretName, { password, url });
      });
    });
  return [secret(postgresSecret, { password: newPassword() }), ...owned];
}

/**
 * The Secrets with the workloads' certificates for the local environments with mtls.
 * @param folder as `npm run certs` fills it: in it a folder per workload
 */
export function tlsSecrets(namespace: string, folder: string): readonly Secret[] {
  return catalogue.map(({ name }) => {
    const read = (file: string) => readFileSync(join(folder, name, file), 'utf8');
    const files = Object.fromEntries(['ca.crt', 'tls.crt', 'tls.key'].map((file) => [file, read(file)]));
    return secretOf(namespace, tlsSecretOf(name), 'kubernetes.io/tls', files);
  });
}

/** 192 random bits, in letters that a URL takes as they are. */
const newPassword = () => randomBytes(24).toString('base64url');

function secretOf(namespace: string, name: string, type: string, stringData: Record<string, string>): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type,
    metadata: { name, namespace, labels: partOfShop },
    stringData,
  };
}
