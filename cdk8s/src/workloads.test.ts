import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1.d.ts';
import type { ConfigMap, Container, PodSpec, Service } from 'kubernetes-types/core/v1.d.ts';
import { describe, expect, test } from 'vitest';
import { catalogue, times } from './catalogue.ts';
import { calleesOf } from './edges.ts';
import { environments } from './environments.ts';
import { ofKind, type ReadObject } from './matrix/objects.ts';
import { containersOf, refusedByRestricted } from './restricted.testing.ts';
import { synthesise } from './synthesise.ts';

const podSpec = ({ spec }: Deployment | StatefulSet): PodSpec => spec?.template.spec as PodSpec;

describe.each(environments)('$name', (environment) => {
  const objects = [...synthesise(environment).values()].flat() as readonly ReadObject[];
  const deployments = ofKind<Deployment>(objects, 'Deployment');
  const pods = [...deployments, ...ofKind<StatefulSet>(objects, 'StatefulSet')].map(
    (owner) => [owner.metadata.name, podSpec(owner)] as const,
  );
  const container = (name: string) => {
    const deployment = deployments.find(({ metadata }) => metadata.name === name);
    return podSpec(deployment as Deployment).containers[0] as Container;
  };
  const settings = (name: string) => {
    const config = container(name).envFrom?.[0]?.configMapRef?.name;
    return (
      ofKind<ConfigMap>(objects, 'ConfigMap').find(({ metadata }) => metadata.name === config)?.data ?? {}
    );
  };

  test('every pod is what PodSecurity restricted admits, and nothing can write to its root file system', () => {
    expect(pods.length).toBeGreaterThanOrEqual(4);
    for (const [name, spec] of pods) {
      expect(refusedByRestricted(spec), name).toEqual([]);
      expect(spec.automountServiceAccountToken, name).toBe(false);
      for (const one of containersOf(spec))
        expect(one.securityContext?.readOnlyRootFilesystem, name).toBe(true);
    }
  });

  test('every container asks for processor and memory, and has limits of both', () => {
    for (const [name, spec] of pods) {
      for (const { resources } of containersOf(spec)) {
        expect(resources?.requests?.cpu, name).toBeDefined();
        expect(resources?.requests?.memory, name).toBeDefined();
        expect(resources?.limits?.cpu, name).toBeDefined();
        expect(resources?.limits?.memory, name).toBeDefined();
      }
    }
  });

  test('a full heap and what is measured outside of it fit in the memory', () => {
    for (const { name } of catalogue) {
      const options = settings(name).NODE_OPTIONS ?? '';
      const old = Number(/--max-old-space-size=(\d+)/.exec(options)?.[1]);
      const young = 3 * Number(/--max-semi-space-size=(\d+)/.exec(options)?.[1]);
      const limit = Number(/^(\d+)Mi$/.exec(container(name).resources?.limits?.memory ?? '')?.[1]);
      expect(old, name).toBeGreaterThanOrEqual(100);
      expect(limit - old - young, name).toBeGreaterThanOrEqual(102);
    }
  });

  test('a pod has time for its pause and its drain before it is killed', () => {
    for (const { metadata, spec } of deployments) {
      const grace = podSpec({ spec }).terminationGracePeriodSeconds ?? 0;
      const pause = container(metadata.name).lifecycle?.preStop?.sleep?.seconds ?? 0;
      const drain = Number(settings(metadata.name).DRAIN_GRACE_MS) / 1000;
      expect(pause).toBeGreaterThanOrEqual(times.preStop);
      expect(grace - pause - drain, metadata.name).toBeGreaterThanOrEqual(times.margin);
      expect(spec?.strategy?.rollingUpdate?.maxUnavailable).toBe(0);
    }
  });

  test('each address in the settings is that of a Service whose pods listen there', () => {
    let edges = 0;
    for (const { name } of catalogue) {
      for (const [key, address] of Object.entries(settings(name)).filter(([key]) =>
        key.endsWith('_ADDRESS'),
      )) {
        if (key === 'BIND_ADDRESS') continue;
        const [host, port] = address.split(':');
        const service = ofKind<Service>(objects, 'Service').find(({ metadata }) => metadata.name === host);
        const target = service?.spec?.selector?.['app.kubernetes.io/name'] ?? '';
        expect(
          service?.spec?.ports?.map((one) => one.port),
          `${name} ${key}`,
        ).toContain(Number(port));
        expect(container(target).ports?.map(({ containerPort }) => containerPort)).toContain(Number(port));
        expect(service?.spec?.clusterIP === 'None').toBe(environment.transport === 'mtls');
        edges++;
      }
    }
    expect(edges).toBe(catalogue.flatMap(calleesOf).length);
    expect(edges).toBeGreaterThanOrEqual(5);
  });

  test('only what production allows is set in production, and demo data elsewhere', () => {
    for (const { name } of catalogue) {
      const { NODE_ENV, DEMO_DATA } = settings(name);
      const production = environment.name.startsWith('production');
      expect({ NODE_ENV, DEMO_DATA }).toEqual(
        production ? { NODE_ENV: 'production' } : { DEMO_DATA: 'true' },
      );
    }
  });

  test('the owner of a database is known to the container that migrates alone', () => {
    for (const { metadata, spec } of deployments) {
      for (const { name, env = [] } of containersOf(podSpec({ spec }))) {
        const secrets = env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.name ?? []);
        const expected = name === 'migrate' ? `${metadata.name}-database-owner` : `${metadata.name}-database`;
        expect(secrets).toEqual(metadata.name === 'gateway' ? [] : [expected]);
      }
    }
  });
});
