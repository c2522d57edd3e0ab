import {
  InventoryService,
  PricingService,
  type processes,
  type ServiceDefinition,
  UserService,
} from '@hotpath/contracts';

/** A process of the shop, which is also the name of its workload, Service, service account and identity. */
export type WorkloadName = keyof typeof processes;

/** What a container needs. Measured by `npm run bench:resources`, and rounded up. */
export type Resources = {
  /** Thousandths of a core at 200 pages of products per second, that share of all event streams, and an import. */
  readonly cpuMillis: number;
  /** The most memory, Mi: above it the kernel kills the process. What V8's heap may have of it: `nodeOptions`. */
  readonly memoryMi: number;
};

/** What is the same of a workload wherever it runs. */
export type Workload = {
  readonly name: WorkloadName;
  /** Where calls come in: gRPC, or HTTP/1.1 from browsers. */
  readonly port: { readonly name: 'grpc' | 'http'; readonly number: number };
  /** /livez, /readyz, /metrics. */
  readonly adminPort: number;
  /** The gRPC services that it hosts. */
  readonly services: readonly ServiceDefinition[];
  /** Whether it has a database of its own, whose names follow from the workload's (`databaseOf`). */
  readonly database: boolean;
  /** Whether it may be reached from outside of the cluster. */
  readonly public: boolean;
  readonly resources: Resources;
};

/** The shop. */
export const catalogue: readonly Workload[] = [
  {
    name: 'gateway',
    port: { name: 'http', number: 8080 },
    adminPort: 9080,
    services: [],
    database: false,
    public: true,
    resources: { cpuMillis: 400, memoryMi: 448 }, // 10,000 event streams (MAX_STREAMS) of 13 KB among it
  },
  {
    name: 'inventory',
    port: { name: 'grpc', number: 50_051 },
    adminPort: 9051,
    services: [InventoryService],
    database: true,
    public: false,
    resources: { cpuMillis: 300, memoryMi: 256 },
  },
  {
    name: 'pricing',
    port: { name: 'grpc', number: 50_052 },
    adminPort: 9052,
    services: [PricingService],
    database: true,
    public: false,
    resources: { cpuMillis: 300, memoryMi: 256 },
  },
  {
    name: 'user',
    port: { name: 'grpc', number: 50_053 },
    adminPort: 9053,
    services: [UserService],
    database: true,
    public: false,
    resources: { cpuMillis: 50, memoryMi: 256 },
  },
];

/** Times that fit each other, s. */
export const times = {
  /** Before the drain begins, so that no new connection comes any more when it does. */
  preStop: 5,
  /** For calls in flight and streams: DRAIN_GRACE_MS. */
  drain: 10,
  /** For closing what is left, databases first among it. */
  margin: 5,
  /**
   * After this a client without a mesh opens a new connection and so sees new pods. Streams outlive it, and a
   * connection costs milliseconds, so that a minute is cheap; it is also how soon an autoscaler sees its pods work.
   */
  connectionAge: 60,
} as const;

/** The names in a workload's database. */
export const databaseOf = (name: WorkloadName) => ({
  database: name,
  /** Owns the database and may change its schema; only the migrate command has its password. */
  owner: `${name}_owner`,
  /** Reads and writes rows, nothing else; the service's own. */
  role: `${name}_run`,
  /** The Secrets with `password` and `url` of both. */
  ownerSecret: `${name}-database-owner`,
  secret: `${name}-database`,
});
