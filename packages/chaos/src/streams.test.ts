import { connect } from 'node:http2';
import { expect, onTestFinished, test } from 'vitest';
import { startFaultyServer } from './faulty-server.ts';
import { countStreams } from './streams.ts';
import { startTcpProxy } from './tcp-proxy.ts';

test('it counts streams on every connection, also where frames come in pieces and with bodies', async () => {
  const server = await startFaultyServer();
  server.fail = (stream) => {
    stream.respond({ ':status': 200 });
    stream.on('end', () => stream.end('x'.repeat(1_000))).resume();
  };
  const proxy = await startTcpProxy(server.address);
  onTestFinished(async () => {
    await proxy.close();
    server.close();
  });
  const streams = countStreams(proxy);
  const meddler = proxy.meddler;
  // Byte by byte, so that headers of frames are cut at every place.
  proxy.meddler = () => {
    const count = meddler();
    return (bytes, sender, cut) => {
      for (let at = 0; at < bytes.length; at++) count(bytes.subarray(at, at + 1), sender, cut);
      return bytes;
    };
  };
  for (let connection = 1; connection <= 2; connection++) {
    const session = connect(`http://${proxy.address}`);
    const exchange = () =>
      new Promise<void>((resolve) => {
        const stream = session.request({ ':method': 'POST' });
        stream.on('close', resolve).resume().end('y'.repeat(30_000));
      });
    await Promise.all(Array.from({ length: 10 }, exchange));
    session.close();
    expect(streams.opened).toBe(10 * connection);
  }
});
