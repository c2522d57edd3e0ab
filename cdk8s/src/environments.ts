import root from '../../package.json' with { type: 'json' };
import type { WorkloadName } from './catalogue.ts';

/** Where and how the shop runs: everything that may differ between two sets of manifests. */
export type Environment = {
  /** Its folder below k8s/. */
  readonly name: string;
  readonly namespace: string;
  /** How calls travel: TRANSPORT_SECURITY. */
  readonly transport: 'mesh' | 'mtls';
  /** What the names in certificates begin with: SPIFFE_BASE. */
  readonly spiffeBase: string;
  readonly image: (name: WorkloadName) => string;
  /** Pods of each workload: a number, or the bounds between which an autoscaler chooses. */
  readonly replicas: number | { readonly least: number; readonly most: number };
  /** How much of what the catalogue says its containers ask to be sure of; limits stay as they are. */
  readonly requestShare: number;
  /** Settings of every workload, by environment variable. */
  readonly settings: Readonly<Record<string, string>>;
  /** PostgreSQL in the namespace with that much storage, or one elsewhere, in these networks. */
  readonly database: { readonly storage: string } | { readonly networks: readonly string[] };
  /** How the world reaches the gateway: a port of every node, or a Gateway's HTTPRoute for these hosts. */
  readonly entrance:
    | { readonly nodePort: number }
    | {
        readonly hosts: readonly string[];
        readonly gateway: { readonly name: string; readonly namespace: string };
      };
  /** With mtls, who makes the Secrets with certificates: cert-manager, or whoever deploys (secrets.ts). */
  readonly certManager: boolean;
  /** The Prometheus that scrapes: pods labelled app.kubernetes.io/name: prometheus, of this service account. */
  readonly monitoring: { readonly namespace: string; readonly serviceAccount: string };
};

const common = {
  namespace: 'hotpath',
  image: (name: WorkloadName) => `hotpath/${name}:${root.version}`,
  monitoring: { namespace: 'observability', serviceAccount: 'prometheus' },
};

/** A kind cluster on one machine. */
const local = {
  ...common,
  spiffeBase: 'spiffe://hotpath.local', // as `npm run certs` names them
  // Two, so that a rollout, a drained node or a killed pod leaves one. No autoscaler: kind has no metrics to scale by.
  replicas: 2,
  requestShare: 0.25,
  settings: { DEMO_DATA: 'true', DATABASE_POOL: '5' },
  database: { storage: '1Gi' },
  entrance: { nodePort: 30080 }, // kind-config.yaml leads 127.0.0.1:8080 there
  certManager: false,
};

const production = {
  ...common,
  spiffeBase: 'spiffe://cluster.local/ns/hotpath/sa',
  replicas: { least: 3, most: 10 },
  requestShare: 1,
  settings: { NODE_ENV: 'production' },
  database: { networks: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] },
  entrance: { hosts: ['shop.example.com'], gateway: { name: 'public', namespace: 'gateways' } },
  certManager: true,
};

/** What `npm run synth` writes. */
export const environments: readonly Environment[] = [
  { ...local, name: 'local-mesh', transport: 'mesh' },
  { ...local, name: 'local-mtls', transport: 'mtls' },
  { ...production, name: 'production-mesh', transport: 'mesh' },
  { ...production, name: 'production-mtls', transport: 'mtls' },
];
