import type { ImportSummary as SummaryMessage } from '@hotpath/contracts';
import { codeName } from '@hotpath/rpc';
import type { z } from 'zod';
import { csvFields } from './csv.ts';
import { type BodyLine, readLines } from './lines.ts';
import { badRequest } from './problem.ts';
import { fieldErrors } from './request-parts.ts';
import type { ImportSummary, LineFormat } from './schemas/import.ts';

/** Lines per message to a service. */
const linesPerMessage = 500;

const mostErrors = 100;

type Parse = (text: string) => unknown;
type LineError = ImportSummary['errors'][number];

type Numbered<Message> = Message & { readonly line: bigint };

/** A body of lines on its way to a service. */
export type Import<Message> = {
  /**
   * What the good lines make, in groups of 500. The next ones are read when they are asked for, so that the sender is
   * slowed to the pace of the service's database.
   */
  messages(): AsyncGenerator<Numbered<Message>[]>;
  /** What became of all lines: the service's summary, and the lines that never reached it. */
  summary(stored: SummaryMessage | undefined): Promise<ImportSummary>;
};

/** Reads a body of NDJSON or of CSV with a header. Rejects with 400 where that header is wrong. */
export function readImport<S extends z.ZodObject, Message extends object>(
  source: AsyncIterable<Buffer>,
  kind: 'ndjson' | 'csv',
  format: LineFormat<S, Message>,
): Import<Message> {
  let refused = 0;
  const errors: LineError[] = [];
  const refuse = (line: number, message: string) => {
    refused++;
    if (errors.length < mostErrors) errors.push({ line, code: 'INVALID_ARGUMENT', message });
  };

  let parse: Parse | undefined = kind === 'ndjson' ? parseJson : undefined;
  /** The good ones of some lines. */
  function sift(found: readonly BodyLine[]): Numbered<Message>[] {
    const good: Numbered<Message>[] = [];
    for (const { line, text, error } of found) {
      if (!parse) {
        parse = csvParser(text ?? '', Object.keys(format.schema.shape));
        continue;
      }
      try {
        if (error !== undefined) throw new BadLine(error);
        good.push({ ...readLine(parse(text), format), line: BigInt(line) });
      } catch (bad) {
        if (!(bad instanceof BadLine)) throw bad;
        refuse(line, bad.message);
      }
    }
    return good;
  }
  const body = readLines(source);

  return {
    async *messages() {
      let message: Numbered<Message>[] = [];
      for (let next = await body.next(); !next.done; next = await body.next()) {
        for (const line of sift(next.value)) {
          message.push(line);
          if (message.length < linesPerMessage) continue;
          yield message;
          message = [];
        }
      }
      if (message.length > 0) yield message;
    },
    async summary(stored) {
      // A repeat is answered before all lines are read; those refused here must be counted as before.
      for (let next = await body.next(); !next.done; next = await body.next()) sift(next.value);
      const failed = Number(stored?.failed ?? 0n) + refused;
      const theirs = stored?.errors ?? [];
      return {
        received: Number(stored?.received ?? 0n) + refused,
        stored: Number(stored?.stored ?? 0n),
        changed: Number(stored?.changed ?? 0n),
        failed,
        replayed: stored?.replayed ?? false,
        errors: [
          ...errors,
          ...theirs.map(({ line, code, message }) => ({ line: Number(line), code: codeName(code), message })),
        ]
          .sort((a, b) => a.line - b.line)
          .slice(0, mostErrors),
      };
    },
  };
}

/** What is wrong with a line, for whoever wrote it. */
class BadLine extends Error {
  override readonly name = 'BadLine';
}

function readLine<S extends z.ZodObject, Message>(given: unknown, format: LineFormat<S, Message>): Message {
  const result = format.schema.safeParse(given);
  if (!result.success) {
    const [first] = fieldErrors(result.error, 'line');
    throw new BadLine(`${first?.field}: ${first?.message}`.slice(0, 300).toWellFormed());
  }
  try {
    return format.toMessage(result.data);
  } catch (error) {
    if (error instanceof RangeError) throw new BadLine(error.message);
    throw error;
  }
}

const parseJson: Parse = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    // V8's own words would repeat the line.
    throw new BadLine('the line is no valid JSON');
  }
};

const numeric = /^-?\d{1,15}(\.\d{1,15})?$/;

/** Reads CSV records by their header. Ids stay text; other fields that look like numbers are numbers. */
function csvParser(header: string, columns: readonly string[]): Parse {
  const names = header
    .replace(/^\ufeff/, '')
    .trim()
    .split(/ *, */);
  if (names.toSorted().join() !== columns.toSorted().join()) {
    throw badRequest([{ field: 'body', message: `the first line must be the header: ${columns.join(',')}` }]);
  }
  return (text) => {
    const fields = csvFields(text);
    if (!fields) throw new BadLine('the quotes of a field are not closed, or there is text beside them');
    if (fields.length !== names.length) {
      throw new BadLine(`the line has ${fields.length} fields, the header ${names.length}`);
    }
    const entries = names.map((name, index) => {
      const field = fields[index] as string;
      return [name, numeric.test(field) && !name.endsWith('Id') ? Number(field) : field];
    });
    return Object.fromEntries(entries);
  };
}
