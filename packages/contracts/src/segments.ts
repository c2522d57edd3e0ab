/** The customer segments and what each takes off the price, in whole percent. */
export const segments = { standard: 0, vip: 10, wholesale: 20 } as const;

/** A customer segment. */
export type Segment = keyof typeof segments;

/** The segment of that name; standard for an empty or unknown one, as the contract says. */
export function toSegment(name: string): Segment {
  return Object.hasOwn(segments, name) ? (name as Segment) : 'standard';
}
