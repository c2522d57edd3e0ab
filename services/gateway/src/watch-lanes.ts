import type { PricingService } from '@hotpath/contracts';
import type { Client } from '@hotpath/rpc';

type Pricing = Pick<Client<typeof PricingService>, 'watchPrice'>;

/**
 * Streams per connection: below the 1,000 that the kit's servers let one connection carry, above which a stream
 * would wait unseen for another to end.
 */
const streamsPerConnection = 800;

/** Connections to pricing for the long streams of browsers, as many as they need. */
export type WatchLanes = {
  /** A client with room for one stream more, and how to give the place back. */
  take(): { readonly prices: Pricing; release(): void };
};

/** Spreads streams over connections; `connect` opens one more, which stays for later use. */
export function createWatchLanes(connect: () => Pricing): WatchLanes {
  const lanes = [{ prices: connect(), open: 0 }];
  return {
    take() {
      let lane = lanes.find(({ open }) => open < streamsPerConnection);
      if (!lane) {
        lane = { prices: connect(), open: 0 };
        lanes.push(lane);
      }
      const taken = lane;
      taken.open++;
      return { prices: taken.prices, release: () => void taken.open-- };
    },
  };
}
