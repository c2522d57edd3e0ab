import { type CompatServiceDefinition, createChannel, createClient, createServer } from 'nice-grpc';
import { tsProto } from '../generate.ts';
import type { Peer } from '../peer.ts';
import { callsOf, handlersOf, type Pricing } from './pricing.ts';

/** nice-grpc on grpc-js, with ts-proto's code, which its documentation recommends. */
const peer: Peer = {
  async serve({ delayMs }) {
    const server = createServer();
    server.add(await definition(), handlersOf(delayMs) as never);
    return `127.0.0.1:${await server.listen('127.0.0.1:0')}`;
  },
  async connect(address) {
    const client = createClient(await definition(), createChannel(address)) as unknown as Pricing;
    return callsOf(client);
  },
};
export default peer;

/** The two RPCs that are called: a server must implement all that it is given. */
async function definition(): Promise<CompatServiceDefinition> {
  const { PricingServiceDefinition: whole } = (await import(tsProto('pricing'))) as {
    PricingServiceDefinition: { methods: Record<string, object> };
  };
  const { getPrice, getPricesBatch } = whole.methods;
  return { ...whole, methods: { getPrice, getPricesBatch } } as unknown as CompatServiceDefinition;
}
