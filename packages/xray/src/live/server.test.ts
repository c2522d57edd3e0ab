import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { toOtlp } from '../formats.testing.ts';
import { pageViews } from '../shop.testing.ts';
import { readSpans } from '../sources.ts';
import { type LiveReport, startLiveXray } from './server.ts';

const json = { 'content-type': 'application/json' };

async function start() {
  const { port, close } = await startLiveXray(0, { shop: 'http://127.0.0.1:18080', settledMs: 0 });
  onTestFinished(close);
  const url = `http://127.0.0.1:${port}`;
  const send = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = json) =>
    fetch(`${url}/v1/traces`, { method: 'POST', headers, body });
  return { url, send };
}

const views = JSON.stringify(toOtlp(pageViews({ seed: 1, views: 120 })));

test('what was received is shown as a page, as JSON, and as what the X-ray reads', async () => {
  const { url, send } = await start();
  expect((await send(views)).status).toBe(200);
  const report = (await (await fetch(`${url}/api/report`)).json()) as LiveReport;
  const operation = 'GET /api/products';
  const operations = [{ name: operation, traces: 120 }];
  expect(report).toMatchObject({ operations, operation, traces: 120, skipped: [] });
  const [p50] = report.bands;
  const sum = p50?.slices.reduce((sum, { ms }) => sum + ms, 0);
  expect(sum).toBeCloseTo(p50?.durationMs ?? 0, 3);

  const page = await fetch(url);
  expect(page.headers.get('content-type')).toMatch('text/html');
  expect(await page.text()).toMatch(/Where the time of 120 requests goes/);

  let spans = 0;
  for await (const some of readSpans(`${url}/api/traces`)) spans += some.length;
  expect(spans).toBe(report.spans);
});

test('an operation can be chosen, and one that is not there is named', async () => {
  const { url, send } = await start();
  await send(views.replaceAll('GET /api/products', 'GET /a&b').replace('GET /a&b', 'POST /api/sales'));
  const chosen = await (await fetch(`${url}/?operation=${encodeURIComponent('POST /api/sales')}`)).text();
  expect(chosen).toMatch(/Where the time of 1 request goes/);
  expect(chosen).toContain('<a href="/?operation=GET%20%2Fa%26b" >GET /a&amp;b</a>');
  const none = await fetch(`${url}/?operation=<b>`);
  expect(none.status).toBe(404);
  expect(await none.text()).toContain('No request of <code>&lt;b&gt;</code> has been seen yet');
  expect((await fetch(`${url}/api/report?operation=GET`)).status).toBe(404);
});

test('before there is a trace the page says how to make one', async () => {
  const { url } = await start();
  const page = await (await fetch(url)).text();
  expect(page).toMatch(/No request has been seen yet/);
  expect(page).toContain('http://127.0.0.1:18080/api/products');
  expect(await (await fetch(`${url}/api/report`)).json()).toMatchObject({
    operations: [],
    operation: null,
    traces: 0,
    bands: [],
  });
});

test('an export may be packed', async () => {
  const { url, send } = await start();
  const packed = await send(new Uint8Array(gzipSync(views)), { ...json, 'content-encoding': 'gzip' });
  expect(packed.status).toBe(200);
  expect(await (await fetch(`${url}/api/report`)).json()).toMatchObject({ traces: 120 });
});

test.each([
  [415, 'protobuf', { 'content-type': 'application/x-protobuf' }, /OTEL_EXPORTER_OTLP_PROTOCOL=http\/json/],
  [400, '{"resourceSpans":', json, /not OTLP JSON/],
  [400, '{"resourceSpans":7}', json, /not OTLP JSON/],
  [413, `"${'x'.repeat(17 * 1024 * 1024)}"`, json, /longer than 16 MiB/],
])('%i says what is wrong with an export', async (status, body, headers, word) => {
  const { send } = await start();
  const answer = await send(body, headers);
  expect(answer.status).toBe(status);
  expect(await answer.text()).toMatch(word);
});

test('a name that leads here is not this address', async () => {
  const { url } = await start();
  const status = await new Promise((resolve, reject) => {
    request(url, { headers: { host: 'evil.example:8081' } }, ({ statusCode }) => resolve(statusCode))
      .on('error', reject)
      .end();
  });
  expect(status).toBe(403);
});
