import root from '../../../package.json' with { type: 'json' };
import { catalogue } from '../catalogue.ts';
import { environments } from '../environments.ts';

/** A value of the chart: what it means, what it is unless told, what it may be. */
export type Value = {
  readonly description: string;
  readonly default: unknown;
  /** JSON Schema of it, without description and default. */
  readonly schema: Readonly<Record<string, unknown>>;
};

/** Values, and groups of them. */
export type Values = { readonly [name: string]: Value | Values };

/** The environment that the chart is at its defaults. */
export const defaults = (() => {
  const found = environments.find(({ name }) => name === 'production-mesh');
  if (!found) throw new Error('environments.ts has no production-mesh');
  const { replicas, database, entrance } = found;
  if (typeof replicas === 'number' || !('networks' in database) || !('hosts' in entrance)) {
    throw new Error('the chart is for production: autoscaled, with a database elsewhere and a Gateway');
  }
  return { ...found, replicas, database, entrance };
})();

const text = (value: string, description: string, schema: object = { minLength: 1 }): Value => ({
  description,
  default: value,
  schema: { type: 'string', ...schema },
});
const count = (value: number, description: string, minimum: number, maximum: number): Value => ({
  description,
  default: value,
  schema: { type: 'integer', minimum, maximum },
});
const flag = (value: boolean, description: string): Value => ({
  description,
  default: value,
  schema: { type: 'boolean' },
});
const list = (value: readonly string[], description: string, items: object): Value => ({
  description,
  default: value,
  schema: { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', ...items } },
});

/** A name that Kubernetes takes (RFC 1123 label). */
const kubernetesName = { pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', maxLength: 63 };

/** All values of the chart: values.yaml, values.schema.json and the README are made from this. */
export const values = {
  transport: text(
    defaults.transport,
    'How calls between the services travel: through the proxies of Linkerd, or by their own mutual TLS with certificates of cert-manager.',
    { enum: ['mesh', 'mtls'] },
  ),
  image: {
    repository: text('hotpath', 'Registry and path before the name of each image.', {
      pattern: '^[a-z0-9]([a-z0-9._:/-]*[a-z0-9])?$',
    }),
    tag: text(root.version, 'Tag of all four images.', { pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$' }),
    pullPolicy: text('IfNotPresent', 'When nodes pull them.', { enum: ['Always', 'IfNotPresent', 'Never'] }),
  },
  replicas: {
    least: count(defaults.replicas.least, 'Fewest pods of each service. Two, so that one may go.', 2, 1_000),
    most: count(defaults.replicas.most, 'Most pods of each service, by load.', 2, 1_000),
  },
  resources: Object.fromEntries(
    catalogue.map(({ name, resources }) => [
      name,
      {
        cpuMillis: count(
          resources.cpuMillis,
          `Processor that each pod of ${name} is sure of, thousandths of a core.`,
          10,
          64_000,
        ),
        memoryMi: count(
          resources.memoryMi,
          `Memory of each pod of ${name}, Mi; the JavaScript heap gets what is left of it.`,
          256,
          65_536,
        ),
      },
    ]),
  ),
  settings: {
    description: 'Further settings of every service, by environment variable.',
    default: defaults.settings,
    schema: {
      type: 'object',
      patternProperties: { '^[A-Z][A-Z0-9_]*$': { type: 'string' } },
      additionalProperties: false,
    },
  },
  database: {
    networks: list(
      defaults.database.networks,
      'Networks of the PostgreSQL server, as CIDR; the services may connect to port 5432 there.',
      { pattern: '^([0-9]{1,3}\\.){3}[0-9]{1,3}/[0-9]{1,2}$' },
    ),
  },
  entrance: {
    hosts: list(defaults.entrance.hosts, 'Host names that the Gateway leads to the shop.', {
      pattern: '^(\\*\\.)?[a-z0-9]([-a-z0-9.]*[a-z0-9])?$',
      maxLength: 253,
    }),
    gateway: {
      name: text(defaults.entrance.gateway.name, 'The Gateway (Gateway API).', kubernetesName),
      namespace: text(defaults.entrance.gateway.namespace, 'Its namespace.', kubernetesName),
    },
  },
  monitoring: {
    namespace: text(
      defaults.monitoring.namespace,
      'Namespace of the Prometheus that scrapes.',
      kubernetesName,
    ),
    serviceAccount: text(defaults.monitoring.serviceAccount, 'Its service account.', kubernetesName),
  },
  traces: {
    enabled: flag(
      false,
      'Whether the services make traces (OpenTelemetry). Off, they do not even load what would make them.',
    ),
    service: text(
      'collector',
      'Service of the collector that takes them, which its pods have as label app.kubernetes.io/name.',
      kubernetesName,
    ),
    namespace: text(defaults.monitoring.namespace, 'Its namespace.', kubernetesName),
    port: count(4318, 'Its port for OTLP over HTTP, of Service and pods alike.', 1, 65_535),
    ratio: {
      description: 'The part of traces that are exported; failed calls always are.',
      default: 0.1,
      // `helm --set` makes texts of fractions.
      schema: { type: ['number', 'string'], minimum: 0, maximum: 1, pattern: '^(0(\\.[0-9]+)?|1)$' },
    },
  },
  spiffeBase: text(defaults.spiffeBase, 'With mtls, what the identities in certificates begin with.', {
    pattern: '^spiffe://[a-z0-9._-]+(/[A-Za-z0-9._-]+)*$',
  }),
  createNamespace: flag(
    false,
    'Whether the chart makes its namespace. Helm keeps its own record of a release in that namespace, so it must be there before; see the README.',
  ),
} as const satisfies Values;

/** Whether it is one value, and no group. */
export const isValue = (node: Value | Values): node is Value =>
  typeof (node as Value).description === 'string' && 'schema' in node;
