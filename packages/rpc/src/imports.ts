import type { ImportSummary, LineError } from '@hotpath/contracts';
import { checkRequestId } from './checks.ts';
import { invalidArgument, RpcError } from './errors.ts';

/** The most lines that one message of an import may carry. */
export const maxLinesPerMessage = 1000;

const maxErrorsReported = 100;

/** What became of one line: it changed a value, the value stood already, or why the line was refused. */
export type LineOutcome = 'changed' | 'unchanged' | RpcError;

/** What an import needs from the service that stores its lines. */
export interface ImportSteps<Line> {
  /** The answer of this import if it has finished before. */
  recall(requestId: string): Promise<ImportSummary | undefined>;
  /** Stores one message's lines together and returns one outcome for each, in their order. */
  store(lines: Line[]): Promise<LineOutcome[]>;
  /** Keeps the answer for repeats; returns the answer that counts (the first, where two ran at once). */
  keep(requestId: string, summary: ImportSummary): Promise<ImportSummary>;
}

/**
 * Runs an import: a client stream of chunks of lines. Each chunk is stored before the next is read, so memory
 * stays flat and the sender is slowed to the database's pace. A repeat of a finished import stores nothing.
 * Throws INVALID_ARGUMENT for a missing request_id in the first message and for more than
 * {@link maxLinesPerMessage} lines in one; chunks before the bad one stay stored.
 */
export async function importLines<Line extends { line: bigint }>(
  requests: AsyncIterable<{ requestId: string; lines: Line[] }>,
  steps: ImportSteps<Line>,
): Promise<ImportSummary> {
  let requestId: string | undefined;
  const tally = createTally();
  for await (const { requestId: given, lines } of requests) {
    if (requestId === undefined) {
      requestId = checkRequestId(given);
      const answer = await steps.recall(requestId);
      if (answer) return { ...answer, replayed: true };
    }
    if (lines.length > maxLinesPerMessage) {
      throw invalidArgument(
        'lines',
        `must be at most ${maxLinesPerMessage} in one message, not ${lines.length}`,
      );
    }
    if (lines.length > 0) tally.add(lines, await steps.store(lines));
  }
  return steps.keep(checkRequestId(requestId ?? ''), tally.summary());
}

/** Counts outcomes and holds the first refusals, for an {@link ImportSummary}. */
function createTally() {
  let received = 0n;
  let changed = 0n;
  let failed = 0n;
  const errors: LineError[] = [];
  return {
    add(lines: { line: bigint }[], outcomes: LineOutcome[]) {
      for (const [position, { line }] of lines.entries()) {
        const outcome = outcomes[position];
        received++;
        if (outcome === 'changed') changed++;
        if (!(outcome instanceof RpcError)) continue;
        failed++;
        if (errors.length < maxErrorsReported)
          errors.push({ line, code: outcome.code, message: outcome.message });
      }
    },
    summary: (): ImportSummary => ({
      received,
      stored: received - failed,
      changed,
      failed,
      errors,
      replayed: false,
    }),
  };
}
