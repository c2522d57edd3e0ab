import { startLiveXray } from './server.ts';

/** What it tells the process that has started it. */
export type LiveMessage = { readonly port: number } | { readonly taken: true };

const tell = (message: LiveMessage) => process.send?.(message);

try {
  const { port } = await startLiveXray(Number(process.env.XRAY_PORT || 8081));
  tell({ port });
} catch (error) {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
  tell({ taken: true });
  process.disconnect();
}
// It goes with the one who has started it, however that one went.
process.on('disconnect', () => process.exit());
