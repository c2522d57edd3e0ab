import { credentials, Client as GrpcClient } from '@grpc/grpc-js';
import type { Channel } from './channel.ts';
import { codeName } from './code.ts';

/** What a process says of itself by the standard health service, or the status of the call that asked it. */
export type PeerHealth = { readonly peer: string; readonly status: string };

/** grpc.health.v1.HealthCheckResponse with status SERVING. */
const SERVING = Buffer.from([0x08, 1]);

/** Asks the health of a whole process over a channel to it, as its callers reach it. @returns as `checkHealth` does */
export function askHealth({ address, grpc }: Channel, mostMs: number): Promise<string> {
  // Not to be closed: that would close the channel, too.
  return checkHealth(
    new GrpcClient(address, credentials.createInsecure(), { channelOverride: grpc }),
    mostMs,
  );
}

/** Asks it on a connection of its own in plaintext, within a second, as a probe does. @returns as `checkHealth` does */
export function probeHealth(address: string): Promise<string> {
  const client = new GrpcClient(address, credentials.createInsecure());
  return checkHealth(client, 1_000).finally(() => client.close());
}

/**
 * @returns SERVING, NOT_SERVING, or the name of the status that came instead, such as UNAVAILABLE, or DEADLINE_EXCEEDED
 * after `mostMs`
 */
function checkHealth(client: GrpcClient, mostMs: number): Promise<string> {
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      '/grpc.health.v1.Health/Check',
      (message: Buffer) => message,
      (bytes) => bytes,
      Buffer.alloc(0),
      { deadline: Date.now() + mostMs },
      (error, bytes) => {
        if (error) resolve(codeName(error.code));
        else resolve(bytes?.equals(SERVING) ? 'SERVING' : 'NOT_SERVING');
      },
    );
  });
}
