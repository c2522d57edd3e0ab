import type { Services } from './services.ts';

/**
 * Streams per connection: below the 1,000 that the kit's servers let one connection carry, above which a stream
 * would wait for another to end.
 */
const streamsPerConnection = 800;

/**
 * Connections to pricing for the long streams of browsers, as many as they need. They are apart from the one that
 * short calls use, which so never wait behind them.
 */
export type StreamLanes = {
  /** A client with room for one stream more, and how to give the place back. */
  take(): { readonly pricing: Services['pricing']; release(): void };
};

/** Spreads streams over connections; `connect` opens one more, which stays for later use. */
export function createStreamLanes(connect: () => Services['pricing']): StreamLanes {
  const lanes = [{ pricing: connect(), open: 0 }];
  return {
    take() {
      let lane = lanes.find(({ open }) => open < streamsPerConnection);
      if (!lane) {
        lane = { pricing: connect(), open: 0 };
        lanes.push(lane);
      }
      const { pricing } = lane;
      const taken = lane;
      taken.open++;
      return { pricing, release: () => void taken.open-- };
    },
  };
}
