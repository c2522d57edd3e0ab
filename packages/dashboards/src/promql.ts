import { services } from '@hotpath/contracts';

/** Status codes by which whoever called did not get what it was to get: all but the caller's own mistakes and leaving. */
export const failures =
  'UNKNOWN|DEADLINE_EXCEEDED|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|DATA_LOSS|RESOURCE_EXHAUSTED';

const streaming = services.flatMap(({ name, methods }) =>
  Object.values(methods)
    .filter(({ kind }) => kind !== 'unary')
    .map((method) => `${name}/${method.name}`),
);

/** Leaves out streams, whose duration is how long somebody wanted them. */
export const unaryOnly = `rpc_method!~"${streaming.join('|')}"`;
/** Only streams. */
export const streamsOnly = `rpc_method=~"${streaming.join('|')}"`;

/** Per second, over what Grafana takes for an interval. */
export const rate = (series: string) => `rate(${series}[$__rate_interval])`;

/** A quantile of a histogram, `by` these labels. */
export const quantile = (q: number, by: string, buckets: string) =>
  `histogram_quantile(${q}, sum by (${[by, 'le'].filter(Boolean).join(', ')}) (${rate(buckets)}))`;

/** The part of `some` in `all`, 0 where there are none of those. */
export const share = (by: string, some: string, all: string) =>
  `(sum by (${by}) (${some}) or 0 * sum by (${by}) (${all})) / sum by (${by}) (${all})`;

const notMetrics = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan']);

/** The metrics that a query asks for. */
export function metricsOf(expr: string): ReadonlySet<string> {
  const bare = expr
    .replace(/"(?:[^"\\]|\\.)*"/g, '')
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, '')
    .replace(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, '');
  const names = bare.matchAll(/(?<![\w.$])[a-zA-Z_:][\w:]*(?!\w|\s*\()/g);
  return new Set([...names].map(([name]) => name).filter((name) => !notMetrics.has(name.toLowerCase())));
}
