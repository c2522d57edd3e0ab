import { expect, test } from 'vitest';
import { newTraceId } from './trace.ts';
import { samplerOf, tracesWanted } from './trace-settings.ts';

test('traces are on where an exporter or an endpoint is set, and nothing turns them off', () => {
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
  expect(tracesWanted({})).toBe(false);
  expect(tracesWanted(endpoint)).toBe(true);
  expect(tracesWanted({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' })).toBe(true);
  expect(tracesWanted({ OTEL_TRACES_EXPORTER: 'console' })).toBe(true);
  expect(tracesWanted({ ...endpoint, OTEL_SDK_DISABLED: 'true' })).toBe(false);
  expect(tracesWanted({ ...endpoint, OTEL_TRACES_EXPORTER: 'none' })).toBe(false);
});

test('a ratio of traces begins here, and what has begun elsewhere goes on as it began', () => {
  const decide = samplerOf({
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.1',
  });
  const ids = Array.from({ length: 10_000 }, newTraceId);
  const sampled = ids.filter((id) => decide(id));
  expect(sampled.length).toBeGreaterThan(800);
  expect(sampled.length).toBeLessThan(1_200);
  expect(sampled.every((id) => decide(id))).toBe(true);
  for (const sampled of [true, false]) {
    expect(
      ids.every((traceId) => decide(traceId, { traceId, spanId: '1'.repeat(16), sampled }) === sampled),
    ).toBe(true);
  }
});

test('all and none, by default all, and without a parent-based sampler the parent counts for nothing', () => {
  const parent = { traceId: newTraceId(), spanId: '1'.repeat(16), sampled: false };
  expect(samplerOf({})(parent.traceId)).toBe(true);
  expect(samplerOf({})(parent.traceId, parent)).toBe(false);
  expect(samplerOf({ OTEL_TRACES_SAMPLER: 'always_on' })(parent.traceId, parent)).toBe(true);
  expect(samplerOf({ OTEL_TRACES_SAMPLER: 'always_off' })(parent.traceId)).toBe(false);
});

test.each([
  ['jaeger_remote', undefined],
  ['traceidratio', '10%'],
  ['traceidratio', '1.5'],
])('a sampler %s %s is refused by name', (name, argument) => {
  expect(() => samplerOf({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument })).toThrow(
    argument ? /OTEL_TRACES_SAMPLER_ARG/ : /OTEL_TRACES_SAMPLER must/,
  );
});
