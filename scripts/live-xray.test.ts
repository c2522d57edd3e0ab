import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { launchXray } from './live-xray.ts';

const anyPort = { ...process.env, NODE_ENV: '', XRAY_PORT: '0' };

test('the shop is told where to send its traces, and how', async () => {
  const xray = await launchXray(anyPort, expect.fail);
  onTestFinished(() => xray?.stop());
  expect(xray?.env).toMatchObject({
    OTEL_EXPORTER_OTLP_ENDPOINT: xray?.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  });
  expect(await (await fetch(`${xray?.url}/api/report`)).json()).toMatchObject({ traces: 0 });
  await xray?.stop();
  await expect(fetch(`${xray?.url}/`)).rejects.toThrow();
});

test.each([
  ['in production', { NODE_ENV: 'production' }],
  ['where it is turned off', { XRAY_PORT: 'off' }],
  ['where traces go to a collector', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }],
  [
    'where they go to another for traces only',
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318' },
  ],
  ['where an exporter is chosen', { OTEL_TRACES_EXPORTER: 'none' }],
  ['where OpenTelemetry is off', { OTEL_SDK_DISABLED: 'true' }],
])('there is none %s, and nothing is said of it', async (_, env) => {
  expect(await launchXray({ ...anyPort, ...env }, expect.fail)).toBeUndefined();
});

test('where its port is taken there is none, and one line says what to do', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void taken.close());
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const lines: string[] = [];
  const warn = (line: string) => void lines.push(line);
  expect(await launchXray({ ...anyPort, XRAY_PORT: String(port) }, warn)).toBeUndefined();
  expect(lines).toEqual([
    `There is no X-ray: port ${port} is taken. XRAY_PORT=0 takes any free port, XRAY_PORT=off does without.`,
  ]);
});

test.each(['abc', '-1', '70000'])('XRAY_PORT %s is refused', async (port) => {
  await expect(launchXray({ ...anyPort, XRAY_PORT: port }, expect.fail)).rejects.toThrow(
    `XRAY_PORT is "${port}": say a port, 0 for any free one, or off`,
  );
});
