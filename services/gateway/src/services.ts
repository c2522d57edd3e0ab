import type { InventoryService, PricingService, UserService } from '@hotpath/contracts';
import type { Client } from '@hotpath/rpc';
import type { Session } from './session.ts';

/** The services behind the gateway. */
export type Services = {
  readonly inventory: Client<typeof InventoryService>;
  readonly pricing: Client<typeof PricingService>;
  readonly users: Client<typeof UserService>;
};

/** The segment that sets a visitor's or a user's prices: the user's own, as user says, never the client's word. */
export async function segmentOf(
  { users }: Pick<Services, 'users'>,
  session: Session | undefined,
): Promise<string> {
  if (!session) return 'standard';
  return (await users.getSegment({ userId: session.userId })).segment;
}

/** The key of a write as the services know it: no user can meet another's. One who gives none repeats nothing. */
export function requestIdOf(session: Session, key: string = crypto.randomUUID()): string {
  return `u${session.userId}:${key}`;
}
