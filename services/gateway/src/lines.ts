import { isUtf8 } from 'node:buffer';
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
 * Splits a body into lines as it comes: an array for each chunk of it, so that no more than a chunk and a line are held
 * at a time and waiting costs nothing per line. Blank lines are left out. Throws 413 beyond 10,000,000 lines.
 */
export async function* readLines(body: AsyncIterable<Buffer>): AsyncGenerator<BodyLine[]> {
  let line = 0;
  /** The beginning of a line that goes on in the next chunk, as far as it is kept. */
  let begun: Buffer[] = [];
  let begunLength = 0;

  const begin = (part: Buffer) => {
    if (begunLength <= mostBytes) begun.push(part);
    begunLength += part.length;
  };
  /** The line that ends with `bytes` of the present chunk. */
  const finish = (bytes: Buffer, found: BodyLine[]) => {
    line++;
    if (line > mostLines) throw tooManyLines();
    const length = begunLength + bytes.length;
    const whole = begunLength > 0 && length <= mostBytes ? Buffer.concat([...begun, bytes]) : bytes;
    begun = [];
    begunLength = 0;
    if (length > mostBytes) found.push({ line, error: `the line is longer than ${mostBytes} bytes` });
    else if (!isUtf8(whole)) found.push({ line, error: 'the line is no UTF-8' });
    else {
      const text = whole.toString();
      if (text.trim() !== '') found.push({ line, text });
    }
  };

  for await (const chunk of body) {
    const found: BodyLine[] = [];
    let from = 0;
    for (let to = chunk.indexOf(newline); to >= 0; to = chunk.indexOf(newline, from)) {
      finish(chunk.subarray(from, to), found);
      from = to + 1;
    }
    if (from < chunk.length) begin(chunk.subarray(from));
    if (found.length > 0) yield found;
  }
  const found: BodyLine[] = [];
  if (begunLength > 0) finish(Buffer.alloc(0), found);
  if (found.length > 0) yield found;
}

function tooManyLines(): Problem {
  return new Problem(413, 'PAYLOAD_TOO_LARGE', {
    detail: `more than ${mostLines} lines; those before are stored: send the others in another import`,
  });
}
