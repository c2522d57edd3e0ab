import type { ImportSummary as SummaryMessage } from '@hotpath/contracts';
import { codeName } from '@hotpath/rpc';
import type { z } from 'zod';
import { csvFields } from './csv.ts';
import { readLines } from './lines.ts';
import { badRequest } from './problem.ts';
import { fieldErrors } from './request-parts.ts';
import type { ImportSummary } from './schemas/import.ts';

/** Lines per message to a service. */
const linesPerMessage = 500;

const mostErrors = 100;

type Parse = (text: string) => unknown;
type LineError = ImportSummary['errors'][number];

/** A body of lines on its way to a service. */
export type Import<Line> = {
  /**
   * The good lines, in messages of 500. The next ones are read when they are asked for, so that the sender is
   * slowed to the pace of the service's database.
   */
  messages(): AsyncGenerator<(Line & { readonly line: bigint })[]>;
  /** What became of all lines: the service's summary, and the lines that never reached it. */
  summary(stored: SummaryMessage | undefined): Promise<ImportSummary>;
};

/** What lines are imported. */
export type LineFormat<S extends z.ZodType> = {
  /** Of one line. */
  readonly schema: S;
  /** The schema's fields, which a CSV header must name, in any order. */
  readonly columns: readonly string[];
};

/** Reads a body of NDJSON or of CSV with a header. Rejects with 400 where that header is wrong. */
export function readImport<S extends z.ZodType>(
  body: AsyncIterable<Buffer>,
  kind: 'ndjson' | 'csv',
  { schema, columns }: LineFormat<S>,
): Import<z.output<S>> {
  let refused = 0;
  const errors: LineError[] = [];
  const refuse = (line: number, message: string) => {
    refused++;
    if (errors.length < mostErrors) errors.push({ line, code: 'INVALID_ARGUMENT', message });
  };

  async function* read(): AsyncGenerator<z.output<S> & { readonly line: bigint }> {
    let parse: Parse | undefined = kind === 'ndjson' ? parseJson : undefined;
    for await (const { line, text, error } of readLines(body)) {
      if (!parse) {
        parse = csvParser(text ?? '', columns);
        continue;
      }
      if (error !== undefined) {
        refuse(line, error);
        continue;
      }
      const result = parseLine(parse, text, schema);
      if ('error' in result) refuse(line, result.error);
      else yield { ...(result.value as object), line: BigInt(line) } as z.output<S> & { line: bigint };
    }
  }
  const lines = read();

  return {
    async *messages() {
      let message: (z.output<S> & { readonly line: bigint })[] = [];
      for (let next = await lines.next(); !next.done; next = await lines.next()) {
        message.push(next.value);
        if (message.length < linesPerMessage) continue;
        yield message;
        message = [];
      }
      if (message.length > 0) yield message;
    },
    async summary(stored) {
      // A repeat is answered before all lines are read; those refused here must be counted as before.
      while (!(await lines.next()).done);
      const failed = Number(stored?.failed ?? 0n) + refused;
      const theirs = stored?.errors ?? [];
      return {
        received: Number(stored?.received ?? 0n) + refused,
        stored: Number(stored?.stored ?? 0n),
        changed: Number(stored?.changed ?? 0n),
        failed,
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

function parseLine<S extends z.ZodType>(
  parse: Parse,
  text: string,
  schema: S,
): { readonly value: z.output<S> } | { readonly error: string } {
  let given: unknown;
  try {
    given = parse(text);
  } catch (error) {
    return { error: (error as SyntaxError).message };
  }
  const result = schema.safeParse(given);
  if (result.success) return { value: result.data };
  const [first] = fieldErrors(result.error, 'line');
  return { error: `${first?.field}: ${first?.message}`.slice(0, 300).toWellFormed() };
}

const parseJson: Parse = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    // V8's own words would repeat the line.
    throw new SyntaxError('the line is no valid JSON');
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
    if (fields.length !== names.length) {
      throw new SyntaxError(`the line has ${fields.length} fields, the header ${names.length}`);
    }
    const entries = names.map((name, index) => {
      const field = fields[index] as string;
      return [name, numeric.test(field) && !name.endsWith('Id') ? Number(field) : field];
    });
    return Object.fromEntries(entries);
  };
}
