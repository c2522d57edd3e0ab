import { join } from 'node:path';
import { dashboards } from '@hotpath/dashboards';
import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { ConfigMap, PodSpec } from 'kubernetes-types/core/v1.d.ts';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../catalogue.ts';
import { k8sFolder } from '../files.ts';
import { judgeMesh } from '../matrix/mesh.ts';
import { judgeNetwork } from '../matrix/network.ts';
import { ofKind, type ReadObject, readManifests, refuseUnknown } from '../matrix/objects.ts';
import { type Pod, podsOf } from '../matrix/pods.ts';
import { inTurn } from '../matrix/verdict.ts';
import { containersOf, refusedByRestricted } from '../restricted.testing.ts';
import { componentsFor } from './components.ts';
import { observabilities } from './synthesise.ts';

/** What `kubectl apply` keeps of an object in its annotations, which may be so long, bytes. */
const mostOfAnnotations = 256 * 1024;

const workloads = catalogue.map(({ name }) => name as string);
/** Who may send spans: all pods of the shop. */
const senders = [...workloads, 'postgres'];

describe.each(observabilities)('$name', ({ name, namespace, shop }) => {
  const own = readManifests(join(k8sFolder, name));
  const ofShop = readManifests(join(k8sFolder, `local-${shop.transport}`));
  const specs = ofKind<Deployment>(own, 'Deployment').map(
    ({ metadata, spec }) => [metadata.name, spec?.template.spec as PodSpec] as const,
  );
  const configs = ofKind<ConfigMap>(own, 'ConfigMap');

  test('every pod is what PodSecurity restricted admits, with a root that nothing writes to, and with limits', () => {
    expect(specs.map(([name]) => name).sort()).toEqual(['collector', 'grafana', 'jaeger', 'prometheus']);
    for (const [name, spec] of specs) {
      expect(refusedByRestricted(spec), name).toEqual([]);
      expect(spec.automountServiceAccountToken, name).toBe(name === 'prometheus');
      for (const { securityContext, resources, image } of containersOf(spec)) {
        expect(securityContext?.readOnlyRootFilesystem, name).toBe(true);
        expect(Object.keys({ ...resources?.requests, ...resources?.limits }), name).toEqual([
          'cpu',
          'memory',
        ]);
        expect(image, name).toMatch(/:v?\d+\.\d+\.\d+$/);
      }
    }
  });

  test('who may connect to whom is what each of them is for', () => {
    const all = [...ofShop, ...own];
    expect(() =>
      refuseUnknown(all.filter(({ kind }) => !['Role', 'RoleBinding'].includes(kind ?? ''))),
    ).not.toThrow();
    const pods = podsOf(all);
    const edges = pods.flatMap((from) =>
      pods
        .filter((to) => to !== from && [from, to].some((pod) => pod.namespace === namespace))
        .flatMap((to) =>
          [...to.ports]
            .filter(([port, number]) => isAllowed(all, from, to, port, number))
            .map(([port]) => `${from.name} → ${to.name} ${port}`),
        ),
    );
    expect(edges.sort()).toEqual(
      [
        ...senders.map((name) => `${name} → collector otlp-http`),
        'collector → jaeger otlp-grpc',
        'grafana → jaeger query',
        'grafana → prometheus http',
        ...workloads.map((name) => `prometheus → ${name} admin`),
        // In a mesh proxies send spans too, and connections are let in by whose they are, whatever their port.
        ...(shop.transport === 'mesh' ? senders.map((name) => `${name} → collector otlp-grpc`) : []),
        ...(shop.transport === 'mesh' ? ['prometheus → gateway http'] : []),
      ].sort(),
    );
  });

  test("without its policy nobody reaches a component, and without the shop's no span leaves", () => {
    const broken = [...ofShop, ...own].filter(
      ({ kind, metadata }) => kind !== 'NetworkPolicy' || !['jaeger', 'traces'].includes(metadata.name),
    );
    const [collector, jaeger, pricing] = ['collector', 'jaeger', 'pricing'].map((name) =>
      podsOf(broken).find((pod) => pod.name === name),
    ) as [Pod, Pod, Pod];
    expect(judgeNetwork(broken, collector, jaeger, 4317).allowed).toBe(false);
    expect(judgeNetwork(broken, pricing, collector, 4318).allowed).toBe(false);
  });

  test('each address in the settings is one of a component', () => {
    const texts = configs.flatMap(({ data = {} }) =>
      Object.entries(data).filter(([file]) => !/json|rules/.test(file)),
    );
    const found = texts.flatMap(([, text]) => [
      ...text.matchAll(/(?:http:\/\/|endpoint: )([a-z][a-z.]*):(\d+)/g),
    ]);
    const addresses = found.map(([, host = '', port]) => `${host.replace(`.${namespace}`, '')}:${port}`);
    expect(addresses.sort()).toEqual(['collector:4318', 'jaeger:16686', 'jaeger:4317', 'prometheus:9090']);
    for (const address of addresses) {
      const [host, port] = address.split(':');
      const component = componentsFor(shop.namespace).find(({ name }) => name === host);
      expect(
        component?.ports.map(({ number }) => number),
        address,
      ).toContain(Number(port));
    }
  });

  test('Grafana has every dashboard and Prometheus the rules, each in a ConfigMap that can be applied', () => {
    const files = new Map(configs.flatMap(({ data }) => Object.entries(data ?? {})));
    for (const dashboard of dashboards) {
      const text = files.get(`${dashboard.uid?.replace('hotpath-', '')}.json`) ?? '{}';
      expect(JSON.parse(text).title).toBe(dashboard.title);
    }
    expect(files.get('rules.yaml')).toContain('alert: ProcessDown');
    for (const config of configs)
      expect(Buffer.byteLength(JSON.stringify(config)), config.metadata.name).toBeLessThan(
        mostOfAnnotations * 0.9,
      );
    expect(own.map(({ kind }) => kind)).not.toContain('Secret');
  });

  test('what turns traces on is in the namespace of the pods that read it, where it is there', () => {
    const [traces] = configs.filter(({ metadata }) => metadata.namespace === shop.namespace);
    expect(traces?.data?.OTEL_EXPORTER_OTLP_ENDPOINT).toBe(`http://collector.${namespace}:4318`);
    for (const { metadata, spec } of ofKind<Deployment>(ofShop, 'Deployment')) {
      const read = spec?.template.spec?.containers[0]?.envFrom;
      expect(read?.at(-1), metadata.name).toEqual({
        configMapRef: { name: traces?.metadata.name, optional: true },
      });
    }
  });
});

function isAllowed(
  objects: readonly ReadObject[],
  from: Pod,
  to: Pod,
  port: string,
  number: number,
): boolean {
  const protocol = /grpc/.test(port) ? 'gRPC' : 'HTTP';
  const target = { pod: to, port, protocol, path: '/metrics', health: false } as const;
  return inTurn(
    () => judgeNetwork(objects, from, to, number),
    () => judgeMesh(objects, from, target),
  ).allowed;
}
