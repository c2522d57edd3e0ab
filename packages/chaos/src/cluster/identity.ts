import { type ChannelCredentials, credentials } from '@grpc/grpc-js';
import { kubectl } from './kubectl.ts';
import type { Shop } from './shop.ts';

/** The credentials by which the gateway proves to other services who it is; by a port-forward there is no mesh. */
export async function asGateway({ meshed }: Pick<Shop, 'meshed'>): Promise<ChannelCredentials> {
  if (meshed) return credentials.createInsecure();
  const { data } = JSON.parse(await kubectl(['get', 'secret', 'gateway-tls', '--output=json']));
  const read = (name: string) => Buffer.from(data[name], 'base64');
  return credentials.createSsl(read('ca.crt'), read('tls.key'), read('tls.crt'), {
    checkServerIdentity: () => undefined, // a port-forward is at 127.0.0.1, whoever answers
  });
}
