import { attributes } from './attributes.ts';

export type Kind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** What a stretch of time went to. */
export type Cause =
  | 'handler'
  | 'database'
  | 'pool'
  | 'queue'
  | 'coalesce'
  | 'admission'
  | 'network'
  | 'backoff'
  | 'eventloop';

export const causes: readonly Cause[] = [
  'handler',
  'database',
  'pool',
  'queue',
  'coalesce',
  'admission',
  'network',
  'backoff',
  'eventloop',
];

/** One span as the X-ray needs it, whatever format it came in. Times are ns since 1970. */
export type Span = {
  readonly traceId: string;
  readonly id: string;
  readonly parentId?: string;
  /** The spans of the same trace that it links to. */
  readonly links: readonly string[];
  /** Follows its parent without the parent waiting for it. */
  readonly detached: boolean;
  readonly service: string;
  /** Tells the processes of one service apart, since each has a clock of its own. */
  readonly process: string;
  readonly operation: string;
  readonly kind: Kind;
  readonly start: bigint;
  readonly end: bigint;
  readonly failed: boolean;
} & Traits;

/** What a span's attributes say. Waits are in ns. */
export type Traits = {
  /** A statement sent to a database, or a hop through a proxy of the mesh. */
  readonly role?: 'database' | 'proxy';
  readonly waits?: Partial<Record<'coalesce' | 'queue' | 'admission' | 'pool' | 'eventloop', number>>;
  readonly attempt?: number;
  /** Sent again below whoever called, as HTTP clients do: how often before. */
  readonly resends?: number;
  /** What was left of the budget, in ms. */
  readonly budget?: { readonly startMs: number; readonly endMs: number };
};

export type Value = string | number | boolean | undefined;

/** Reads the traits off a span's attributes, under their present names and the ones before them, OpenTracing's too. */
export function traitsOf(service: string, attribute: (name: string) => Value): Traits {
  const ms = (name: string) => {
    const value = attribute(name);
    return value === undefined || !Number.isFinite(Number(value)) ? undefined : Number(value);
  };
  const ns = (name: string) => {
    const value = ms(name);
    return value !== undefined && value > 0 ? Math.round(value * 1e6) : undefined;
  };
  const traits: { -readonly [K in keyof Traits]: Traits[K] } = {};
  if (attribute('db.system.name') ?? attribute('db.system') ?? attribute('db.type')) traits.role = 'database';
  else if (attribute('component') === 'proxy' || /^(linkerd|istio|envoy)(-proxy)?$/.test(service)) {
    traits.role = 'proxy';
  }
  const waits = {
    coalesce: ns(attributes.coalesceWait),
    queue: ns(attributes.queueWait),
    admission: ns(attributes.admissionWait),
    pool: ns(attributes.poolWait),
    eventloop: ns(attributes.eventLoop),
  };
  if (Object.values(waits).some((wait) => wait !== undefined)) traits.waits = waits;
  const attempt = ms(attributes.attempt);
  if (attempt !== undefined) traits.attempt = attempt;
  const resends = ms('http.request.resend_count') ?? ms('http.resend_count');
  if (resends !== undefined) traits.resends = resends;
  const [startMs, endMs] = [ms(attributes.budgetStart), ms(attributes.budgetEnd)];
  if (startMs !== undefined && endMs !== undefined) traits.budget = { startMs, endMs };
  return traits;
}
