import { expect, test } from 'vitest';
import type { Outcome, Recording } from '../recording.ts';
import { timeline } from './timeline.ts';

const sent = (result: string, from: number, count: number): Outcome[] =>
  Array.from({ length: count }, (_, i) => ({ id: `${result}-${i}`, dueAt: from + i * 10, ms: i, result }));

const recording = (outcomes: Outcome[]): Recording => ({
  startedAt: 5_000,
  endedAt: 9_000,
  phases: [
    { phase: 'given', at: 5_000 },
    { phase: 'fault', at: 6_000 },
    { phase: 'healed', at: 8_000 },
  ],
  outcomes,
});

test("the fault's window lies where it was, and every outcome is drawn and counted once", () => {
  const { markup } = timeline(recording([...sent('200', 5_100, 50), ...sent('504', 6_100, 120)]));
  // The plot begins at 56 of 1000: a quarter of the time until three quarters of it.
  expect(markup).toContain('<rect class="phase fault" x="292.0" y="0" width="472.0"');
  const drawn = (kind: string) =>
    [...markup.matchAll(new RegExp(`<title>${kind}: (\\d+)</title>`, 'g'))].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
  expect(drawn('200')).toBe(50);
  expect(drawn('504')).toBe(120);
  expect(markup).toContain('</svg>504: 120');
  expect(markup).toContain('119 ms');
});

test('a trial without counted requests shows its phases and says so', () => {
  const { markup } = timeline(recording([]));
  expect(markup).toContain('phase fault');
  expect(markup).toContain('No requests were counted');
});

test('what is rare is counted as others', () => {
  const kinds = Array.from({ length: 10 }, (_, i) => sent(`E${i}`, 6_000, 20 - i)).flat();
  expect(timeline(recording(kinds)).markup).toContain(`</svg>others: ${14 + 13 + 12 + 11}`);
});
