import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { extname } from 'node:path';

/** What a file can set, as the gateway's routes name it. */
export const kinds = ['prices', 'stock'] as const;

/** What the lines of a file set. */
export type Kind = (typeof kinds)[number];

/** A file of lines that is to be imported. */
export interface ImportFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly mediaType: 'text/csv' | 'application/x-ndjson';
  readonly kind: Kind;
  /** SHA-256 of the content, hexadecimal. */
  readonly sha256: string;
}

const mediaTypes: Readonly<Record<string, ImportFile['mediaType']>> = {
  '.csv': 'text/csv',
  '.ndjson': 'application/x-ndjson',
  '.jsonl': 'application/x-ndjson',
};

/** The column that only files of a kind have. */
const tellingColumns: Readonly<Record<Kind, string>> = { prices: 'price', stock: 'available' };

/** How much of a file is looked at to find its first line, bytes; the gateway takes no longer line. */
const longestLine = 16 * 1024;

/**
 * Reads a file once, as it streams by, for what has to be known before it is sent.
 * @param kind what its lines set, where its columns are not to tell
 * @throws Error with one line of what is wrong with the file
 */
export async function readImportFile(path: string, kind?: Kind): Promise<ImportFile> {
  const mediaType = mediaTypes[extname(path).toLowerCase()];
  if (!mediaType) throw new Error(`${path}: the name must end in .csv, .ndjson or .jsonl`);
  const hash = createHash('sha256');
  let size = 0;
  let start = Buffer.alloc(0);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.length;
    if (start.length < longestLine) start = Buffer.concat([start, chunk]).subarray(0, longestLine);
  }
  const [line] = start
    .toString()
    .replace(/^\ufeff/, '')
    .trimStart()
    .split(/\r?\n/);
  if (!line) throw new Error(`${path}: there is no line in it`);
  const columns = mediaType === 'text/csv' ? line.split(',') : fieldsOf(line);
  const told = kind ?? kindOf(columns.map((column) => column.trim()));
  if (!told) {
    const named = kinds.map((each) => `"${tellingColumns[each]}" for ${each}`).join(' nor ');
    throw new Error(`${path}: its first line names neither ${named}; say what it is by --as`);
  }
  return { path, size, mediaType, kind: told, sha256: hash.digest('hex') };
}

function kindOf(columns: readonly string[]): Kind | undefined {
  return kinds.find((kind) => columns.includes(tellingColumns[kind]));
}

function fieldsOf(line: string): string[] {
  try {
    return Object.keys(JSON.parse(line) ?? {});
  } catch {
    return [];
  }
}
