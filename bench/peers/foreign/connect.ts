import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { DescService } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { connectNodeAdapter, createGrpcTransport } from '@connectrpc/connect-node';
import { protobufEs } from '../generate.ts';
import type { Peer } from '../peer.ts';
import { callsOf, handlersOf, type Pricing } from './pricing.ts';

/** connect-node with protobuf-es's code, gRPC on the wire. */
const peer: Peer = {
  async serve({ delayMs }) {
    const service = await pricing();
    const handle = connectNodeAdapter({
      routes: (router) => router.service(service, handlersOf(delayMs) as never),
    });
    const server = createServer(handle).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
  async connect(address) {
    const transport = createGrpcTransport({ baseUrl: `http://${address}` });
    const client = createClient(await pricing(), transport) as unknown as Pricing;
    return callsOf(client);
  },
};
export default peer;

async function pricing(): Promise<DescService> {
  const { PricingService } = (await import(protobufEs('pricing'))) as { PricingService: DescService };
  return PricingService;
}
