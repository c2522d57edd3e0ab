import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toJaeger, toOtlp } from './formats.testing.ts';
import { pageViews } from './shop.testing.ts';
import { readSpans } from './sources.ts';
import type { Span } from './span.ts';

const shop = pageViews({ seed: 1, views: 30 });
const inOrder = (spans: readonly Span[]) =>
  spans.toSorted((a, b) => (`${a.traceId}${a.id}` < `${b.traceId}${b.id}` ? -1 : 1));
/** As Jaeger knows it, which keeps whole us. */
const inUs = (spans: readonly Span[]) =>
  spans.map((each) => ({ ...each, start: (each.start / 1000n) * 1000n, end: (each.end / 1000n) * 1000n }));
/** Waits of 0 are not told, and everything else is as it was. */
const told = (spans: readonly Span[]) =>
  inOrder(spans).map(({ waits, ...rest }) => {
    const some = Object.entries(waits ?? {}).filter(([, ns]) => ns > 0);
    return some.length > 0 ? { ...rest, waits: Object.fromEntries(some) } : rest;
  });

let folder: string;
const closers: (() => unknown)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xray-'));
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  await rm(folder, { recursive: true });
});

async function read(source?: string): Promise<Span[]> {
  const spans: Span[] = [];
  for await (const some of readSpans(source)) spans.push(...some);
  return spans;
}

async function written(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const lines = Array.from(
  { length: 6 },
  (_, i) => `${JSON.stringify(toOtlp(shop.slice(i * 80, i * 80 + 80)))}\n`,
);

test.each([
  ['one export', JSON.stringify(toOtlp(shop))],
  ['one export over many lines', JSON.stringify(toOtlp(shop), undefined, 2)],
  ['an export a line', lines.join('')],
  ['an export a line, with empty lines before and between', `\n${lines.join('\r\n')}`],
  ['an array of exports', `[${lines.join(',')}]`],
  ['gzip', gzipSync(lines.join(''))],
  ['gzip appended to gzip', Buffer.concat(lines.map((line) => gzipSync(line)))],
  [
    'what Tempo answers',
    JSON.stringify({ batches: (toOtlp(shop) as { resourceSpans: unknown }).resourceSpans }),
  ],
  ['what Jaeger’s third API answers', JSON.stringify({ result: toOtlp(shop) })],
])('OTLP is read from %s', async (_, content) => {
  expect(told(await read(await written('traces', content)))).toEqual(told(shop));
});

test('metrics and logs of the same collector are passed over', async () => {
  const other = `{"resourceMetrics":[]}\n{"resourceLogs":[]}\n`;
  expect(await read(await written('all.jsonl', other + lines[0]))).toHaveLength(80);
});

test('what Jaeger’s UI exports is read, with its references', async () => {
  const spans = inUs(shop.map((each, i) => (i === 3 ? { ...each, links: ['page'] } : each)));
  expect(told(await read(await written('jaeger.json', JSON.stringify(toJaeger(spans)))))).toEqual(
    told(spans),
  );
});

test('a span that only follows from another is not waited for', async () => {
  const { data } = toJaeger(shop.slice(0, 2));
  const text = JSON.stringify({ data }).replaceAll('CHILD_OF', 'FOLLOWS_FROM');
  expect((await read(await written('jaeger.json', text))).map(({ detached }) => detached)).toEqual([
    false,
    true,
  ]);
});

test('the files of a folder are read, and of those below it, whatever else is there', async () => {
  await mkdir(join(folder, 'deep'));
  await written('a.json', lines[0] as string);
  await written('deep/b.jsonl.gz', gzipSync(lines[1] as string));
  await written('notes.txt', 'not traces');
  expect(await read(folder)).toHaveLength(160);
});

test('a Jaeger is asked in stretches of time until none has more traces than one answer holds', async () => {
  const now = Date.now() * 1000;
  // All at the newest end of the hour that is asked for, where halves must find them.
  const traces = Array.from({ length: 350 }, (_, i) => {
    const [trace] = toJaeger(inUs(shop.slice(0, 1))).data as [Record<string, unknown>];
    const [span] = trace.spans as [object];
    const traceID = `trace ${i}`;
    return { ...trace, traceID, spans: [{ ...span, traceID, startTime: now - i * 50_000 }] };
  });
  let asked = 0;
  const url = await serve((request, response) => {
    const { pathname, searchParams } = new URL(request.url as string, 'http://jaeger');
    const [start, end, limit] = ['start', 'end', 'limit'].map((name) => Number(searchParams.get(name)));
    asked++;
    const found = traces
      .filter(
        ({ spans: [span] }) =>
          span && span.startTime >= (start as number) && span.startTime <= (end as number),
      )
      .slice(0, limit);
    response.end(JSON.stringify({ data: pathname === '/api/services' ? ['gateway', 'user'] : found }));
  });
  expect(new Set((await read(url)).map(({ traceId }) => traceId)).size).toBe(350);
  expect(asked).toBeLessThan(80);
  expect(await read(`${url}/?limit=120&service=gateway`)).toHaveLength(120);
});

test('any other address is read as the file it answers with', async () => {
  const url = await serve((_, response) => response.end(gzipSync(lines.join(''))));
  expect(await read(`${url}/traces.jsonl.gz`)).toHaveLength(shop.length);
});

test.each([
  ['no such file', 'nothing-there.json', undefined, /nothing-there\.json: no such file or folder/],
  ['a line that is cut off', 'cut.jsonl', `${lines[0]}${lines[1]?.slice(0, 500)}`, /cut\.jsonl:2: not JSON/],
  [
    'JSON of something else',
    'other.json',
    '{"hello":1}',
    /other\.json: neither OTLP JSON .* nor a Jaeger export/,
  ],
  [
    'a time that is none',
    'time.json',
    JSON.stringify(toOtlp(shop.slice(0, 1))).replace(/"17900\d+"/, '"soon"'),
    /time\.json: not as OTLP or Jaeger write traces/,
  ],
  ['broken gzip', 'broken.gz', gzipSync(lines.join('')).subarray(0, 3000), /broken\.gz: its gzip is broken/],
])('%s is an error that says where', async (_, name, content, message) => {
  const file = content === undefined ? join(folder, name) : await written(name, content);
  await expect(read(file)).rejects.toThrow(message);
});

test('a folder without traces, an address that refuses and a Jaeger that is none are errors that say so', async () => {
  await expect(read(folder)).rejects.toThrow(/has no \.json/);
  const url = await serve((_, response) => response.writeHead(503).end());
  await expect(read(`${url}/traces`)).rejects.toThrow(/answered 503/);
  await expect(read(url)).rejects.toThrow(/is no Jaeger that answers: it answered 503/);
});

test('spans without an id, a begin or an end are left out', async () => {
  const { resourceSpans } = toOtlp(shop.slice(0, 4)) as {
    resourceSpans: { scopeSpans: { spans: object[] }[] }[];
  };
  const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  Object.assign(spans[0] as object, { spanId: '' });
  Object.assign(spans[1] as object, { endTimeUnixNano: '0' });
  Object.assign(spans[2] as object, { startTimeUnixNano: undefined });
  expect(await read(await written('some.json', JSON.stringify({ resourceSpans })))).toHaveLength(1);
});
