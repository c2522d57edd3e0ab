/** What shipping costs, before and after: the work that both services do. */
const cents: Readonly<Record<string, number>> = { home: 390, near: 690, far: 1490 };

/** The rate for a parcel. Undefined where nothing is shipped to that zone. */
export function rateFor(zone: string, grams: number): { cents: number; days: number } | undefined {
  const base = cents[zone];
  if (base === undefined) return undefined;
  return { cents: base + Math.ceil(grams / 500) * 40, days: zone === 'home' ? 1 : 4 };
}
