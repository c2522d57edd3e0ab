import { credentials, Client as GrpcClient } from '@grpc/grpc-js';

/** grpc.health.v1.HealthCheckResponse with SERVING. */
const SERVING = Buffer.from([0x08, 1]);

/** Asks the standard health service once, on a connection of its own, as a probe does; 'SERVING', or what else came. */
export function askHealth(address: string): Promise<string> {
  const client = new GrpcClient(address, credentials.createInsecure());
  return new Promise<string>((resolve) => {
    client.makeUnaryRequest(
      '/grpc.health.v1.Health/Check',
      (message: Buffer) => message,
      (bytes) => bytes,
      Buffer.alloc(0),
      { deadline: Date.now() + 1_000 },
      (error, bytes) => resolve(error ? error.message : bytes?.equals(SERVING) ? 'SERVING' : 'NOT_SERVING'),
    );
  }).finally(() => client.close());
}
