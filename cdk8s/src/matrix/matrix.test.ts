import { join } from 'node:path';
import { callGraph, rpcsOf as rpcsIn } from '@hotpath/contracts';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../catalogue.ts';
import { rpcsOf } from '../edges.ts';
import { environments } from '../environments.ts';
import { k8sFolder } from '../files.ts';
import { type Cell, matrixOf } from './matrix.ts';
import { type ReadObject, readManifests } from './objects.ts';

const workloads = catalogue.map(({ name }) => name as string);

/** Every edge of the call graph, `caller path`, found without any of the code that makes the policies. */
const edges = new Set(
  Object.values(callGraph).flatMap(({ process, calls }) =>
    rpcsIn(calls).map(({ path }) => `${process} ${path}`),
  ),
);

const allowedIn = (cells: readonly Cell[]) =>
  cells.filter(({ verdict }) => verdict.allowed).map(({ caller, target }) => `${caller} → ${target}`);

describe.each(environments)('$name', ({ name, transport }) => {
  const objects = readManifests(join(k8sFolder, name));
  const cells = matrixOf(objects, callGraph);
  const rpcs = cells.filter(({ rpc }) => rpc !== '' && !rpc.startsWith('/grpc.health'));

  test('each edge of the call graph is allowed, and everything else between the workloads is refused', () => {
    const between = rpcs.filter(({ caller }) => workloads.includes(caller));
    expect(between.length).toBe(catalogue.flatMap(rpcsOf).length * workloads.length);
    for (const { caller, rpc, verdict } of between) {
      expect(verdict.allowed, `${caller} ${rpc}`).toBe(edges.has(`${caller} ${rpc}`));
    }
  });

  test('nobody who is no workload may call any RPC', () => {
    const others = rpcs.filter(({ caller }) => !workloads.includes(caller));
    expect(new Set(others.map(({ caller }) => caller)).size).toBeGreaterThanOrEqual(5);
    for (const { caller, rpc, verdict } of others) expect(verdict.allowed, `${caller} ${rpc}`).toBe(false);
  });

  test('health is for the callers, metrics for Prometheus, REST for the world, PostgreSQL for those with a database', () => {
    const rest = cells.filter(({ rpc }) => rpc === '' || rpc.startsWith('/grpc.health'));
    const allowed = allowedIn(rest).filter((edge) => !edge.endsWith('health'));
    expect(allowed.sort()).toEqual(
      [
        ...workloads.map((workload) => `prometheus → ${workload}: GET /metrics`),
        'prometheus → gateway: GET /api/products',
        'outsider → gateway: GET /api/products',
        ...(name.startsWith('local')
          ? catalogue
              .filter(({ database }) => database)
              .map(({ name: service }) => `${service} → postgres: a connection`)
          : []),
      ].sort(),
    );
    for (const edge of ['gateway → pricing: health', 'inventory → user: health']) {
      expect(allowedIn(rest)).toContain(edge);
    }
  });

  test("the gateway's label without its identity gets past the network, and no further", () => {
    const refusals = rpcs.filter(({ caller }) => caller === 'wrong-account').map(({ verdict }) => verdict);
    const by = transport === 'mesh' ? 'mesh' : 'service';
    expect(refusals.every((verdict) => !verdict.allowed && verdict.by === by)).toBe(true);
  });
});

/** The matrix of manifests of which some objects were changed or (undefined) taken away. */
function broken(
  environment: string,
  change: (object: ReadObject) => ReadObject | undefined,
): readonly string[] {
  const objects = readManifests(join(k8sFolder, environment));
  const changed = objects.flatMap((object) => change(object) ?? []);
  expect(changed).not.toEqual(objects);
  return allowedIn(matrixOf(changed, callGraph));
}

const without = (kind: string, name: string) => (object: ReadObject) =>
  object.kind === kind && object.metadata.name === name ? undefined : object;

const withSpec = (kind: string, name: string, spec: object) => (object: ReadObject) =>
  object.kind === kind && object.metadata.name === name
    ? ({ ...object, spec: { ...(object as { spec?: object }).spec, ...spec } } as ReadObject)
    : object;

test.each([
  ['Server', 'pricing-grpc', { accessPolicy: 'all-unauthenticated' }],
  ['NetworkAuthentication', 'everyone', { networks: [{ cidr: '10.244.0.0/16' }] }],
])('it refuses to judge a %s that it does not understand', (kind, name, spec) => {
  expect(() => broken('local-mesh', withSpec(kind, name, spec))).toThrow(/this evaluation/);
});

test('it refuses to judge kinds that it does not understand', () => {
  const objects = readManifests(join(k8sFolder, 'local-mesh'));
  const unknown = { kind: 'ServerAuthorization', metadata: { name: 'open' } };
  expect(() => matrixOf([...objects, unknown], callGraph)).toThrow('ServerAuthorization open');
});

describe('manifests that were broken on purpose', () => {
  const mesh = allowedIn(matrixOf(readManifests(join(k8sFolder, 'local-mesh')), callGraph));
  const mtls = allowedIn(matrixOf(readManifests(join(k8sFolder, 'local-mtls')), callGraph));
  const only = (after: readonly string[], before: readonly string[]) =>
    after.filter((edge) => !before.includes(edge));

  test('without the policies for all pods a stranger reaches what is open to the world', () => {
    const after = broken('local-mtls', (object) =>
      object.kind === 'NetworkPolicy' && ['default-deny', 'dns'].includes(object.metadata.name)
        ? undefined
        : object,
    );
    expect(only(after, mtls)).toContain('stranger → gateway: GET /api/products');
  });

  test("without its NetworkPolicy a workload's callers are cut off", () => {
    const after = broken('local-mtls', without('NetworkPolicy', 'pricing'));
    expect(only(mtls, after)).toContain('gateway → pricing: GetPrice');
    expect(only(mtls, after)).toContain('pricing → postgres: a connection');
  });

  test('a Server of HTTP/2 refuses every RPC, whatever its routes say', () => {
    const after = broken('local-mesh', withSpec('Server', 'pricing-grpc', { proxyProtocol: 'HTTP/2' }));
    const pricing = mesh.filter((edge) => /→ pricing: (?!GET)/.test(edge));
    expect(only(mesh, after)).toEqual(pricing);
  });

  test('a policy on a Server gives its identity all RPCs', () => {
    const after = broken(
      'local-mesh',
      withSpec('AuthorizationPolicy', 'pricing-from-gateway-inventory', {
        targetRef: { group: 'policy.linkerd.io', kind: 'Server', name: 'pricing-grpc' },
      }),
    );
    expect(only(after, mesh)).toContain('inventory → pricing: SetPrice');
  });

  test('without the route that matches the rest, streams and health have none', () => {
    const after = broken('local-mesh', without('GRPCRoute', 'pricing-untimed'));
    expect(only(mesh, after)).toContain('gateway → pricing: WatchPrice');
    expect(only(mesh, after)).toContain('gateway → pricing: health');
    expect(after).toContain('gateway → pricing: GetPrice');
  });

  test('without a Server the default policy of the namespace decides', () => {
    const after = broken('local-mesh', without('Server', 'admin'));
    expect(only(mesh, after)).toContain('prometheus → pricing: GET /metrics');
  });

  test('with plaintext instead of mutual TLS whoever gets past the network is in', () => {
    const after = broken('local-mtls', (object) => {
      const { data } = object as { data?: Record<string, string> };
      return data?.PRICING_PORT
        ? ({ ...object, data: { ...data, TRANSPORT_SECURITY: 'insecure' } } as ReadObject)
        : object;
    });
    expect(only(after, mtls)).toContain('wrong-account → pricing: SetPrice');
    expect(only(after, mtls)).toContain('inventory → pricing: SetPrice');
  });

  test("a certificate with another's name makes its holder that other", () => {
    const objects = readManifests(join(k8sFolder, 'production-mtls'));
    const before = allowedIn(matrixOf(objects, callGraph));
    const after = broken(
      'production-mtls',
      withSpec('Certificate', 'inventory', { uris: ['spiffe://cluster.local/ns/hotpath/sa/gateway'] }),
    );
    expect(only(after, before)).toContain('inventory → pricing: SetPrice');
  });
});
