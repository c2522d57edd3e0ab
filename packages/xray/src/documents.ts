import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ReadError } from './read-error.ts';

/** How long, in characters, one document may be: it is parsed as a whole. */
const LONGEST_DOCUMENT = 256 * 1024 * 1024;

/**
 * The JSON documents in a stream of bytes: one a line, or one over many lines; packed with gzip or not. Holds one of them at a time.
 * Throws a ReadError that names the place.
 */
export async function* readDocuments(
  bytes: AsyncIterable<Uint8Array>,
  where: string,
): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  let pieces: string[] = [];
  let length = 0;
  let line = 1;
  let none = true;
  let overManyLines = false;
  const add = (text: string) => {
    pieces.push(text);
    length += text.length;
    if (length > LONGEST_DOCUMENT) {
      throw new ReadError(
        `${where}:${line}: a document longer than ${LONGEST_DOCUMENT >> 20} MiB; write one export a line`,
      );
    }
  };
  for await (const chunk of unpacked(bytes, where)) {
    let text = decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n'); end >= 0 && !overManyLines; end = text.indexOf('\n')) {
      add(text.slice(0, end));
      const document = pieces.join('');
      // A first line that is no document by itself is the beginning of one.
      const parsed = document.trim() === '' ? undefined : parse(document, `${where}:${line}`, none);
      if (parsed === incomplete) {
        overManyLines = true;
        pieces = [document, '\n'];
      } else {
        if (parsed !== undefined) {
          none = false;
          yield parsed;
        }
        [pieces, length] = [[], 0];
        line++;
      }
      text = text.slice(end + 1);
    }
    add(text);
  }
  add(decoder.decode());
  const rest = pieces.join('');
  if (rest.trim() !== '') yield parse(rest, overManyLines ? where : `${where}:${line}`, false);
}

const incomplete = Symbol('incomplete');

function parse(text: string, where: string, mayBeIncomplete: boolean): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (mayBeIncomplete) return incomplete;
    throw new ReadError(`${where}: not JSON: ${(error as Error).message}`);
  }
}

/** Tells gzip by its first bytes, not by a name. */
async function* unpacked(bytes: AsyncIterable<Uint8Array>, where: string): AsyncGenerator<Uint8Array> {
  const chunks = bytes[Symbol.asyncIterator]();
  const { value: first, done } = await chunks.next();
  if (done) return;
  const all = (async function* () {
    yield first;
    yield* { [Symbol.asyncIterator]: () => chunks };
  })();
  if (first[0] !== 0x1f || first[1] !== 0x8b) return yield* all;
  const packed = Readable.from(all);
  const gunzip = createGunzip();
  packed.on('error', (error) => gunzip.destroy(error));
  try {
    yield* packed.pipe(gunzip);
  } catch (error) {
    if (error instanceof ReadError) throw error;
    throw new ReadError(`${where}: its gzip is broken: ${(error as Error).message}`);
  }
}
