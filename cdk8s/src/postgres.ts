import { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1.d.ts';
import type { ConfigMap, Service, ServiceAccount, Volume } from 'kubernetes-types/core/v1.d.ts';
import { catalogue, databaseOf } from './catalogue.ts';
import type { Environment } from './environments.ts';
import { add, named, partOfShop } from './kube.ts';
import { restricted, restrictedPod } from './pod.ts';
import { hashOf } from './settings.ts';

/** PostgreSQL's port, in the namespace and elsewhere. */
export const postgresPort = 5432;

/** The Secret with the superuser's `password`. */
export const postgresSecret = 'postgres';

const name = 'postgres';
/** The image's own user. */
const uid = 999;
const passwords = '/run/secrets/databases';

/**
 * Runs once, on an empty volume. Each workload gets a database, a role that owns it and a role that may connect to it;
 * nobody else may. What the latter may do there is granted by the migrate command. Passwords come from files, and psql
 * reads them itself, so that no command line shows them.
 */
const createDatabases = `#!/bin/bash
set -eu
create() { # database owner role
  psql --username "$POSTGRES_USER" --dbname postgres --no-psqlrc \\
    --set ON_ERROR_STOP=1 --set database="$1" --set owner="$2" --set role="$3" <<'END'
\\set owner_password \`cat ${passwords}/:owner\`
\\set role_password \`cat ${passwords}/:role\`
CREATE ROLE :"owner" LOGIN PASSWORD :'owner_password';
CREATE ROLE :"role" LOGIN PASSWORD :'role_password';
CREATE DATABASE :"database" OWNER :"owner";
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"role";
END
}
psql --username "$POSTGRES_USER" --dbname postgres --command 'REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC'
`;

/** PostgreSQL for a cluster on one machine: one server, in it a database per workload that has one. */
export class Postgres extends Construct {
  constructor(scope: Construct, id: string, environment: Environment, storage: string) {
    super(scope, id);
    const databases = catalogue
      .filter(({ database }) => database)
      .map((workload) => databaseOf(workload.name));
    const script = `${createDatabases}${databases.map((d) => `create ${d.database} ${d.owner} ${d.role}\n`).join('')}`;
    const config = `${name}-${hashOf(script)}`;
    const mesh = environment.transport === 'mesh';
    const opaque = mesh ? { annotations: { 'config.linkerd.io/opaque-ports': `${postgresPort}` } } : {};

    add<ServiceAccount>(this, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name },
      automountServiceAccountToken: false,
    });
    add<ConfigMap>(this, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: config },
      immutable: true,
      data: { '10-databases.sh': script },
    });
    add<Service>(this, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, ...opaque },
      spec: { selector: named(name), ports: [{ name, port: postgresPort, targetPort: name }] },
    });
    add<StatefulSet>(this, {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name, labels: named(name) },
      spec: {
        serviceName: name,
        replicas: 1,
        selector: { matchLabels: named(name) },
        template: {
          metadata: { labels: { ...named(name), ...partOfShop }, ...opaque },
          spec: {
            serviceAccountName: name,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: { ...restrictedPod(uid), fsGroupChangePolicy: 'OnRootMismatch' },
            containers: [
              {
                name,
                image: 'postgres:17',
                imagePullPolicy: 'IfNotPresent',
                securityContext: restricted,
                ports: [{ name, containerPort: postgresPort }],
                env: [
                  { name: 'POSTGRES_USER', value: 'postgres' },
                  { name: 'POSTGRES_PASSWORD_FILE', value: `${passwords}/postgres` },
                  // Passwords also from 127.0.0.1, whence a mesh's proxy may come.
                  { name: 'POSTGRES_INITDB_ARGS', value: '--auth-host=scram-sha-256' },
                  // The volume's own folder has rights that initdb does not accept.
                  { name: 'PGDATA', value: '/var/lib/postgresql/data/pgdata' },
                ],
                // Over the network, where the server that only sets the databases up does not listen yet.
                startupProbe: { exec: ready, periodSeconds: 2, failureThreshold: 60, timeoutSeconds: 5 },
                readinessProbe: { exec: ready, periodSeconds: 5, timeoutSeconds: 5 },
                livenessProbe: { exec: ready, periodSeconds: 20, failureThreshold: 6, timeoutSeconds: 5 },
                resources: {
                  requests: { cpu: '100m', memory: '128Mi' },
                  limits: { cpu: '2', memory: '512Mi' },
                },
                volumeMounts: [
                  { name: 'data', mountPath: '/var/lib/postgresql/data' },
                  { name: 'passwords', mountPath: passwords, readOnly: true },
                  { name: 'config', mountPath: '/docker-entrypoint-initdb.d', readOnly: true },
                  { name: 'run', mountPath: '/var/run/postgresql' },
                  { name: 'tmp', mountPath: '/tmp' },
                ],
              },
            ],
            volumes: [
              passwordFiles(databases),
              { name: 'config', configMap: { name: config, defaultMode: 0o555 } },
              { name: 'run', emptyDir: {} },
              { name: 'tmp', emptyDir: {} },
            ],
          },
        },
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
          },
        ],
      },
    });
  }
}

const ready = { command: ['pg_isready', '--host=127.0.0.1', '--username=postgres', '--quiet'] };

/** A file with the password of each role. */
function passwordFiles(databases: readonly ReturnType<typeof databaseOf>[]): Volume {
  const file = (secret: string, path: string) => ({
    secret: { name: secret, items: [{ key: 'password', path }] },
  });
  const sources = [
    file(postgresSecret, 'postgres'),
    ...databases.flatMap((d) => [file(d.ownerSecret, d.owner), file(d.secret, d.role)]),
  ];
  return { name: 'passwords', projected: { sources, defaultMode: 0o440 } };
}
