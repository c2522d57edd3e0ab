import { Problem } from './problem.ts';

/** One line of a body: its number from 1, and its text, or what is wrong with it. */
export type BodyLine = { readonly line: number } & (
  | { readonly text: string; readonly error?: undefined }
  | { readonly text?: undefined; readonly error: string }
);

/** The longest line, bytes. What follows in a longer one is skipped, not kept. */
const mostBytes = 16 * 1024;

/** The most lines one import may have. */
export const mostLines = 10_000_000;

const newline = 10;

/**
 * Splits a body into lines as it comes, so that no more than a chunk and a line are held at a time; blank lines are
 * left out. Throws 413 beyond 10,000,000 lines.
 */
export async function* readLines(body: AsyncIterable<Buffer>): AsyncGenerator<BodyLine> {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  let line = 0;
  let parts: Buffer[] = [];
  let length = 0;

  const finish = (): BodyLine | undefined => {
    line++;
    if (line > mostLines) {
      throw new Problem(413, 'PAYLOAD_TOO_LARGE', {
        detail: `more than ${mostLines} lines; those before are stored: send the others in another import`,
      });
    }
    const bytes = Buffer.concat(parts);
    const tooLong = length > mostBytes;
    parts = [];
    length = 0;
    if (tooLong) return { line, error: `the line is longer than ${mostBytes} bytes` };
    try {
      const text = utf8.decode(bytes);
      return text.trim() === '' ? undefined : { line, text };
    } catch {
      return { line, error: 'the line is no UTF-8' };
    }
  };
  const keep = (part: Buffer) => {
    if (length <= mostBytes) parts.push(part);
    length += part.length;
  };

  for await (const chunk of body) {
    let from = 0;
    for (let to = chunk.indexOf(newline); to >= 0; to = chunk.indexOf(newline, from)) {
      keep(chunk.subarray(from, to));
      from = to + 1;
      const found = finish();
      if (found) yield found;
    }
    if (from < chunk.length) keep(chunk.subarray(from));
  }
  const last = length > 0 ? finish() : undefined;
  if (last) yield last;
}
