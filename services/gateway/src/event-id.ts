/**
 * The `id:` of an event in a stream of several products: where each of them has got to. One number would not do:
 * the products' changes come by streams of their own, so that after 105 of one, 104 of another may still come,
 * and a sale of both has one position for the two.
 *
 * It begins with the furthest position. Unless all products are there, "-" follows and how far each is behind it,
 * in the order of the stream's products: "105-0.3.n", with n for one that nothing was sent of yet.
 */

/** A product's position; undefined: nothing was sent of it yet. */
export type Position = bigint | undefined;

/** Writes an event's id. At least one position is known. */
export function formatEventId(positions: readonly Position[]): string {
  let most = 0n;
  for (const position of positions) if (position !== undefined && position > most) most = position;
  if (positions.every((position) => position === most)) return String(most);
  const behind = positions.map((position) => (position === undefined ? 'n' : String(most - position)));
  return `${most}-${behind.join('.')}`;
}

const shape = /^(\d{1,19})(?:-((?:\d{1,19}|n)(?:\.(?:\d{1,19}|n))*))?$/;

/** Reads an event's id; undefined where it is none for a stream of that many products. */
export function parseEventId(id: string | undefined, products: number): Position[] | undefined {
  const [, most, behind] = shape.exec(id ?? '') ?? [];
  if (most === undefined) return undefined;
  const furthest = BigInt(most);
  if (behind === undefined) return Array<Position>(products).fill(furthest);
  const positions = behind.split('.').map((lag) => (lag === 'n' ? undefined : furthest - BigInt(lag)));
  const valid = positions.length === products && positions.every((position) => (position ?? 0n) >= 0n);
  return valid ? positions : undefined;
}
