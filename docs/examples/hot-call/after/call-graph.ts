import type { CallGraph } from '@hotpath/contracts';
import { ShippingService } from '../generated/index.ts';

/** Who calls what: a call that this lacks is refused at the caller, and a caller that it lacks at the service. */
export const callGraph: CallGraph = {
  'GET /orders/{id}': { process: 'orders', budgetMs: 1000, calls: ShippingService.methods.getRates },
};
