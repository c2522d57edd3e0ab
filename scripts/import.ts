import { createReadStream, type ReadStream } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { command, UsageError } from '@hotpath/cli';
import { type ImportFile, type Kind, kinds, readImportFile } from './import-file.ts';
import { count, type Progress, perSecond, showProgress } from './import-progress.ts';

const help = `Imports a file of prices or of stock into the running shop, as a merchant.

  npm run import -- FILE [--as prices|stock] [--again] [--gateway URL] [--email ADDRESS] [--json]

  FILE       .csv with a header, or .ndjson (.jsonl) with an object on each line; at most 10,000,000 lines
               prices  productId,currency,price         {"productId":"1","currency":"INR","price":12.5}
               stock   productId,warehouseId,available  {"productId":"1","warehouseId":"in-bom-1","available":40}
  --as       what it is, where its first line does not tell
  --again    store it although it was imported before
  --gateway  the shop, http://127.0.0.1:8080 unless told otherwise
  --email    who imports, merchant@demo.test unless told otherwise
  --json     print {received, stored, changed, failed, replayed, errors} instead of words
  --help     print this

The good lines are stored as they are sent; of the bad ones the first hundred are told by their number, and it exits 1.

Running it again does no harm. After a break, of it or of the shop, the same command goes on: a line whose value
stands already writes nothing. A file that came to its end is known by its content for a week (ANSWERS_KEPT_HOURS) and
not stored again, not even where its values were changed since: --again does that.

Settings, as environment variables:
  HOTPATH_GATEWAY, HOTPATH_EMAIL   as the options
  HOTPATH_PASSWORD                 the password; unset, that of the demo accounts
`;

/** What the gateway says of an import. */
interface Summary {
  readonly received: number;
  readonly stored: number;
  readonly changed: number;
  readonly failed: number;
  readonly replayed: boolean;
  readonly errors: readonly { readonly line: number; readonly code: string; readonly message: string }[];
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

await command(
  {
    name: 'npm run import',
    help,
    options: {
      as: { type: 'string' },
      again: { type: 'boolean' },
      gateway: { type: 'string' },
      email: { type: 'string' },
      json: { type: 'boolean' },
    },
    words: true,
  },
  main,
);

/** What is asked for beside the file. */
interface Asked {
  readonly as?: string;
  readonly again?: boolean;
  readonly gateway?: string;
  readonly email?: string;
  readonly json?: boolean;
}

async function main(values: Asked, words: readonly string[]) {
  const [path] = words;
  if (path === undefined || words.length > 1) throw new UsageError('name one file');
  if (values.as !== undefined && !isKind(values.as)) throw new UsageError(`--as is ${kinds.join(' or ')}`);
  const shop = readUrl(values.gateway ?? process.env.HOTPATH_GATEWAY ?? 'http://127.0.0.1:8080');
  const email = values.email ?? process.env.HOTPATH_EMAIL ?? 'merchant@demo.test';
  const password = process.env.HOTPATH_PASSWORD ?? 'hotpath';

  const file = await readImportFile(path, values.as);
  const token = await signIn(shop, email, password);
  const key = values.again ? `${file.sha256}-${crypto.randomUUID()}` : file.sha256;
  const progress = showProgress(file.size, process.stderr);
  process.once('SIGINT', () => {
    progress.stop();
    process.stderr.write(`stopped when ${count(progress.lines)} lines were sent; the same command goes on\n`);
    process.exit(130);
  });
  try {
    report(await send(shop, file, { token, key, progress }), progress, values.json === true);
  } finally {
    progress.stop();
  }
}

function isKind(text: string): text is Kind {
  return (kinds as readonly string[]).includes(text);
}

function readUrl(text: string): URL {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new UsageError(`the gateway is no URL such as http://127.0.0.1:8080: ${text}`);
}

async function signIn(shop: URL, email: string, password: string): Promise<string> {
  const { status, body } = await post(new URL('/api/sessions', shop), {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  }).catch((error: Error) => {
    throw new Error(
      `no shop at ${shop.origin} (${error.message}): npm start runs one, --gateway names another`,
    );
  });
  if (status === 201) return String(body.token);
  throw new Error(
    status === 401
      ? `${shop.origin} does not know ${email} by this password: set --email and HOTPATH_PASSWORD`
      : `${shop.origin} did not let ${email} in: ${toWords({ status, body })}`,
  );
}

async function send(
  shop: URL,
  file: ImportFile,
  { token, key, progress }: { token: string; key: string; progress: Progress },
): Promise<Summary> {
  const body = createReadStream(file.path).on('data', (chunk) => progress.add(chunk as Buffer));
  const answer = await post(new URL(`/api/${file.kind}:import`, shop), {
    headers: { 'content-type': file.mediaType, authorization: `Bearer ${token}`, 'idempotency-key': key },
    body,
  }).catch((error: Error) => {
    throw new Error(
      `the shop was lost when ${count(progress.lines)} lines were sent (${error.message}); the same command goes on`,
    );
  });
  if (answer.status === 200) return answer.body as unknown as Summary;
  const hint = answer.status >= 500 ? '; the same command goes on' : '';
  throw new Error(`${file.path} was refused: ${toWords(answer)}${hint}`);
}

/** The answer to a POST, its body read as JSON. An answer that comes early ends the sending. */
function post(
  url: URL,
  { headers, body }: { headers: http.OutgoingHttpHeaders; body: string | ReadStream },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).request(url, { method: 'POST', headers });
    // Where a name has several addresses, the error of them all has a code and no message.
    request.on('error', (error: NodeJS.ErrnoException) => reject(new Error(error.message || error.code)));
    request.on('response', async (response) => {
      if (typeof body !== 'string') body.unpipe(request).destroy();
      try {
        resolve({ status: response.statusCode ?? 0, body: toObject(await text(response)) });
      } catch (error) {
        reject(error);
      }
      request.destroy();
    });
    if (typeof body === 'string') request.end(body);
    else body.on('error', reject).pipe(request);
  });
}

/** A body that is no JSON is of something that stands before the shop. */
function toObject(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}

function toWords({ status, body }: Answer): string {
  return `${status} ${body.detail ?? http.STATUS_CODES[status]}`;
}

function report(summary: Summary, progress: Progress, json: boolean): void {
  progress.stop();
  const { received, stored, changed, failed, replayed, errors } = summary;
  if (failed > 0) process.exitCode = 1;
  if (json) return void process.stdout.write(`${JSON.stringify(summary)}\n`);
  for (const { line, code, message } of errors) process.stderr.write(`line ${line}: ${code}: ${message}\n`);
  if (failed > errors.length) process.stderr.write(`and ${count(failed - errors.length)} more\n`);
  const speed = `${(progress.ms / 1000).toFixed(1)} s, ${perSecond(received, progress.ms)} lines/s`;
  const outcome = `${count(stored)} stored, of which ${count(changed)} changed a value; ${count(failed)} failed`;
  process.stdout.write(
    replayed
      ? `imported before, and nothing stored now (--again does): ${count(received)} lines, ${outcome}\n`
      : `${count(received)} lines in ${speed}: ${outcome}\n`,
  );
}
