import { expect, test } from 'vitest';
import { listenAdmin } from './admin.ts';
import { refusedCalls } from './admission-metrics.ts';
import { arrayHistogram } from './array-histogram.ts';
import { trackFeed } from './feed-metrics.ts';
import { registry } from './metrics.ts';
import { rpcRecorder } from './rpc-metrics.ts';

async function scrape(accept: string): Promise<string> {
  const admin = await listenAdmin({
    host: '127.0.0.1',
    port: 0,
    readiness: () => ({ ready: true, reason: '' }),
  });
  const response = await fetch(`http://127.0.0.1:${admin.port}/metrics`, { headers: { accept } });
  const text = await response.text();
  admin.close();
  return text;
}

test('a histogram counts a value into the first bucket that is not below it', () => {
  const histogram = arrayHistogram([0.5, 1, 2]);
  for (const value of [0.5, 0.6, 3, 2]) histogram.observe(value);
  expect(histogram.values('h', {}).map(({ labels, value }) => [labels.le, value])).toEqual([
    ['0.5', 1],
    ['1.0', 2],
    ['2.0', 3],
    ['+Inf', 4],
    [undefined, 6.1],
    [undefined, 4],
  ]);
});

test('more peers of an RPC than anybody has are one', async () => {
  const recorder = rpcRecorder('server', 'test.Service/Crowded', false);
  for (let i = 0; i < 1_000; i++) {
    recorder.start();
    recorder.end({ code: 'OK', peer: `peer-${i}`, ms: 1, budgetMs: 10, trace: undefined });
  }
  const counts = (await registry.getSingleMetricAsString('rpc_server_call_duration_seconds'))
    .split('\n')
    .filter((line) =>
      line.startsWith('rpc_server_call_duration_seconds_count{rpc_method="test.Service/Crowded"'),
    );
  expect(counts).toHaveLength(21);
  expect(counts.at(-1)).toMatch(/peer="other",.*\} 980$/);
});

test('a call without any time left leaves the sum of what was used finite', async () => {
  const recorder = rpcRecorder('client', 'test.Service/Late', false);
  recorder.start();
  recorder.end({ code: 'DEADLINE_EXCEEDED', peer: 'p', ms: 1, budgetMs: 0, trace: undefined });
  expect(await registry.getSingleMetricAsString('hotpath_rpc_client_budget_used_ratio')).toContain(
    'hotpath_rpc_client_budget_used_ratio_sum{rpc_method="test.Service/Late",peer="p"} 10\n',
  );
});

test('OpenMetrics is well-formed, and leaves the names of the other form as they are', async () => {
  refusedCalls.inc({ rpc_method: 'with "quotes", a \\ and a\nline' });
  const text = await scrape('application/openmetrics-text; version=1.0.0');
  const lines = text.split('\n');
  expect(lines.splice(-2)).toEqual(['# EOF', '']);
  const labels = String.raw`\{(?:[a-z_]+="(?:[^"\\]|\\[\\n"])*"(?:,(?=[a-z])|(?=\})))+\}`;
  const form = new RegExp(
    String.raw`^(?:# (?:HELP|TYPE) [a-z_]\w* .+|[a-z_]\w*(?:${labels})? (?:-?[\d.e+-]+|NaN|[+-]Inf)(?: # ${labels} \S+ \S+)?)$`,
  );
  expect(lines.filter((line) => !form.test(line))).toEqual([]);
  expect(text).toContain('# TYPE hotpath_admission_refused counter\nhotpath_admission_refused_total{');
  const types = lines.filter((line) => line.startsWith('# TYPE'));
  expect(new Set(types).size).toBe(types.length);
  expect(await scrape('text/plain')).toContain('hotpath_admission_refused_total{');
});

test('a feed shows how far it has read, and is left out while its database does not answer', async () => {
  trackFeed('well', async () => ({ position: 12n, seconds: 0.5 }));
  trackFeed('broken', () => Promise.reject(new Error('no database')));
  const text = await scrape('text/plain');
  expect(text).toContain('hotpath_feed_position{feed="well"} 12\n');
  expect(text).toContain('hotpath_feed_lag_seconds{feed="well"} 0.5\n');
  expect(text).not.toContain('broken');
});
