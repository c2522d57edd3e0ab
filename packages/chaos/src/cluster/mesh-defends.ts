import { NotTried } from '../not-tried.ts';
import type { ClusterTrial } from '../scenario.ts';

/** Where a mesh does what the trial is to do without, and a process cannot switch that off: there is nothing to try. */
export function unlessTheMeshDefends({ defended, shop }: Pick<ClusterTrial, 'defended' | 'shop'>): void {
  if (shop.meshed && !defended) {
    throw new NotTried('has its defence always: Linkerd balances, and leaves out pods that fail');
  }
}
