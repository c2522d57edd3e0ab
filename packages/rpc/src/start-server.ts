import { createLogger } from '@hotpath/telemetry';
import type { Implementation } from './implement.ts';
import { createServer } from './server.ts';

/**
 * Serves implementations on a free port of the loopback interface, for tests and examples.
 * @returns its address, and how to end it.
 */
export async function startServer(
  implementations: readonly Implementation[],
): Promise<{ readonly address: string; close(): Promise<void> }> {
  const log = createLogger({ name: 'test' });
  const server = createServer({
    services: implementations.map(({ service }) => service),
    onInternal: (id, { path }, thrown) => log.error({ id, path, err: thrown }, 'internal error'),
  });
  const port = await server.listen('127.0.0.1:0');
  server.open(implementations);
  return { address: `127.0.0.1:${port}`, close: () => server.drain(1_000) };
}
