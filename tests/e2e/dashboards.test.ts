import { alerts, dashboards, metricsOf, queriesOf, recordings } from '@hotpath/dashboards';
import { expect, inject, test } from 'vitest';

/** The names of all series that a process may export. */
async function exportedBy(admin: string): Promise<string[]> {
  const text = await (await fetch(`http://${admin}/metrics`)).text();
  return [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
    type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name],
  );
}

test('no panel, recording or alert asks for what no process exports', async () => {
  const exported = new Set((await Promise.all(Object.values(inject('shop').admin).map(exportedBy))).flat());
  exported.add('up'); // Prometheus' own
  for (const { record } of recordings) exported.add(record);
  const own = dashboards.filter(({ uid }) => uid !== 'hotpath-linkerd');
  const asked = [...own.flatMap(queriesOf), ...recordings, ...alerts].flatMap(({ expr }) => [
    ...metricsOf(expr),
  ]);
  expect(new Set(asked).size).toBeGreaterThan(20);
  expect(asked.filter((name) => !exported.has(name))).toEqual([]);
});
