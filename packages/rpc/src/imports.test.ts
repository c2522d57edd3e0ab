import type { ImportSummary } from '@hotpath/contracts';
import { expect, test } from 'vitest';
import { Code } from './code.ts';
import { notFound } from './errors.ts';
import { importLines, type LineOutcome } from './imports.ts';

interface Line {
  line: bigint;
  outcome: LineOutcome;
}

/** A service's side of an import that gives each line the outcome the line asks for. */
function steps() {
  const kept = new Map<string, ImportSummary>();
  const stored: Line[][] = [];
  return {
    kept,
    stored,
    recall: async (id: string) => kept.get(id),
    store: async (lines: Line[]) => {
      stored.push(lines);
      return lines.map(({ outcome }) => outcome);
    },
    keep: async (id: string, summary: ImportSummary) => {
      kept.set(id, summary);
      return summary;
    },
  };
}

async function* chunks(...sizes: number[]) {
  let line = 0n;
  for (const [index, size] of sizes.entries()) {
    const lines = Array.from({ length: size }, (): Line => ({ line: ++line, outcome: 'changed' }));
    yield { requestId: index === 0 ? 'import-1' : '', lines };
  }
}

test('counts what changed, what stood already and what was refused', async () => {
  async function* requests() {
    yield { requestId: 'r', lines: [{ line: 1n, outcome: 'changed' as const }] };
    yield {
      requestId: '',
      lines: [
        { line: 2n, outcome: notFound('no product 7') },
        { line: 3n, outcome: 'unchanged' as const },
      ],
    };
  }
  expect(await importLines<Line>(requests(), steps())).toEqual({
    received: 3n,
    stored: 2n,
    changed: 1n,
    failed: 1n,
    errors: [{ line: 2n, code: Code.NOT_FOUND, message: 'no product 7' }],
    replayed: false,
  });
});

test('reports the first 100 refusals and counts them all', async () => {
  const lines = Array.from(
    { length: 150 },
    (_, i): Line => ({ line: BigInt(i + 1), outcome: notFound('no') }),
  );
  async function* requests() {
    yield { requestId: 'r', lines };
  }
  const summary = await importLines<Line>(requests(), steps());
  expect(summary.failed).toBe(150n);
  expect(summary.errors.map(({ line }) => line)).toEqual(lines.slice(0, 100).map(({ line }) => line));
});

test('a repeat of a finished import returns its answer, says so, and stores nothing', async () => {
  const service = steps();
  const first = await importLines<Line>(chunks(2, 3), service);
  expect(service.stored).toHaveLength(2);
  expect(await importLines<Line>(chunks(2, 3), service)).toEqual({ ...first, replayed: true });
  expect(service.stored).toHaveLength(2);
});

test('reads the next chunk only when the one before is stored', async () => {
  let storing = 0;
  let most = 0;
  const service = steps();
  async function* requests() {
    for await (const chunk of chunks(1, 1, 1)) {
      most = Math.max(most, storing);
      yield chunk;
    }
  }
  await importLines<Line>(requests(), {
    ...service,
    store: async (lines) => {
      storing++;
      await new Promise(setImmediate);
      storing--;
      return service.store(lines);
    },
  });
  expect(service.stored).toHaveLength(3);
  expect(most).toBe(0);
});

test('more than 1,000 lines in a message end the import; chunks before it stay stored', async () => {
  const service = steps();
  await expect(importLines<Line>(chunks(1000, 1001), service)).rejects.toMatchObject({
    code: Code.INVALID_ARGUMENT,
    message: expect.stringContaining('lines'),
  });
  expect(service.stored.map((lines) => lines.length)).toEqual([1000]);
  expect(service.kept.size).toBe(0);
});

test('an import without a request_id, or without any message, is refused', async () => {
  async function* nameless() {
    yield { requestId: '', lines: [] };
  }
  for (const requests of [nameless(), chunks()]) {
    await expect(importLines<Line>(requests, steps())).rejects.toMatchObject({
      code: Code.INVALID_ARGUMENT,
      message: expect.stringContaining('request_id'),
    });
  }
});
