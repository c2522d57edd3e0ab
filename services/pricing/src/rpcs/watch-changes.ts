import type { PricingService, WatchChangesResponse } from '@hotpath/contracts';
import { SlowSubscriber, UnknownPosition } from '@hotpath/database';
import { checkId, type Handlers } from '@hotpath/rpc';
import { toWireChange } from '../price.ts';
import { followAllPrices, type PriceFeed } from '../price-feed.ts';

/**
 * Every change of every price. A receiver that falls behind is sent the rest from the table, a page at a time, and
 * holds nobody up; only where its position is trimmed away meanwhile must it begin anew.
 */
export function watchChanges(feed: PriceFeed): Handlers<typeof PricingService>['watchChanges'] {
  return async function* ({ resumeAfter }, { signal }): AsyncGenerator<WatchChangesResponse> {
    let position = checkId('resume_after', resumeAfter, 0n);
    let resync = position === 0n;
    let isFirst = true;
    for (;;) {
      try {
        if (resync) position = await feed.newestPosition({ signal });
        for await (const page of followAllPrices(feed, { after: position, signal })) {
          // The position is known to be good only now.
          if (isFirst || resync) yield { position, resync, changes: [] };
          isFirst = false;
          resync = false;
          if (page.length === 0) continue;
          position = page.at(-1)?.sequence ?? position;
          yield { position, resync, changes: page.map(toWireChange) };
        }
      } catch (error) {
        if (error instanceof UnknownPosition) resync = true;
        else if (!(error instanceof SlowSubscriber)) throw error;
      }
    }
  };
}
