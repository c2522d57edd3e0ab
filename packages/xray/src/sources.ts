import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readDocuments } from './documents.ts';
import { spansOf } from './formats.ts';
import { readJaegerApi } from './jaeger-api.ts';
import { ReadError } from './read-error.ts';
import type { Span } from './span.ts';

/** Where the running shop keeps its last traces: `npm start` takes the port from the same variable. */
export const LOCAL_STORE = `http://127.0.0.1:${Number(process.env.XRAY_PORT) || 8081}/api/traces`;

/**
 * The spans of a source, some at a time, in no order: a file, a folder of files (*.json, *.jsonl, *.ndjson, each also
 * *.gz), the address of a Jaeger (one without a path), or any other address that answers with such a file. Without one, those of the running shop.
 * Throws a ReadError.
 */
export async function* readSpans(source: string = LOCAL_STORE): AsyncGenerator<Span[]> {
  if (/^https?:\/\//.test(source)) {
    const url = new URL(source);
    yield* url.pathname === '/' ? readJaegerApi(url) : readAddress(source);
    return;
  }
  const found = await stat(source).catch(() => undefined);
  if (!found) throw new ReadError(`${source}: no such file or folder`);
  yield* found.isDirectory() ? readFolder(source) : readFile(source);
}

async function* readFolder(folder: string): AsyncGenerator<Span[]> {
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => /\.(json|jsonl|ndjson)(\.gz)?$/.test(name)).sort();
  if (files.length === 0) {
    throw new ReadError(`${folder}: has no .json, .jsonl or .ndjson file, nor one of them with .gz`);
  }
  for (const file of files) yield* readFile(join(folder, file));
}

async function* readFile(file: string): AsyncGenerator<Span[]> {
  for await (const document of readDocuments(createReadStream(file, { highWaterMark: 1 << 18 }), file)) {
    yield spansOf(document, file);
  }
}

async function* readAddress(address: string): AsyncGenerator<Span[]> {
  const body = await fetchBody(address);
  for await (const document of readDocuments(body, address)) yield spansOf(document, address);
}

async function fetchBody(address: string): Promise<AsyncIterable<Uint8Array>> {
  const response = await fetch(address).catch((error: Error) => {
    const why = (error.cause as Error | undefined)?.message || error.message;
    const remedy =
      address === LOCAL_STORE ? ': start the shop ("npm start"), or name a file, a folder or a Jaeger' : '';
    throw new ReadError(`${address}: cannot be reached (${why})${remedy}`);
  });
  if (!response.ok || !response.body) throw new ReadError(`${address}: answered ${response.status}`);
  return response.body;
}
