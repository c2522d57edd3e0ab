import { startLiveXray } from './server.ts';

/** What it tells the process that has started it: where it listens, or why it does not. */
export type LiveMessage = { readonly port: number } | { readonly why: string };

const { XRAY_PORT, GATEWAY_PORT } = process.env;
const wanted = Number(XRAY_PORT || 8081);
const shop = GATEWAY_PORT === '0' ? undefined : `http://127.0.0.1:${GATEWAY_PORT || 8080}`;

const tell = (message: LiveMessage) => process.send?.(message);

try {
  const { port } = await startLiveXray(wanted, { shop });
  tell({ port });
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  tell({ why: code === 'EADDRINUSE' ? `port ${wanted} is taken` : message });
  process.disconnect();
}
// It goes with the one who has started it, however that one went.
process.on('disconnect', () => process.exit());
