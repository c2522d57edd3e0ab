import { connectivityState } from '@grpc/grpc-js';
import type { Channel } from './channel.ts';

/**
 * Waits until each channel has a connection, or has had time enough for one. A process that gets work before fails what it
 * needs others for: in Kubernetes their names, and the rules that let it reach them, may be there a little later than it is.
 * One whose neighbour is away is to start all the same.
 */
export async function firstConnections(channels: readonly Channel[], mostMs: number): Promise<void> {
  const until = Date.now() + mostMs;
  await Promise.all(channels.map((channel) => firstConnection(channel, until)));
}

function firstConnection({ grpc }: Channel, until: number): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      const state = grpc.getConnectivityState(true);
      if (state === connectivityState.READY || state === connectivityState.SHUTDOWN) return resolve();
      grpc.watchConnectivityState(state, until, (error) => (error ? resolve() : look()));
    };
    look();
  });
}
