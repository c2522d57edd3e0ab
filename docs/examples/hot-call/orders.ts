/** The parcels of an order: 40 of them, so that a page asks for 40 rates. */
export function parcelsOf(order: number): readonly { readonly zone: string; readonly grams: number }[] {
  const zones = order === 404 ? ['nowhere'] : ['home', 'near', 'far'];
  return Array.from({ length: 40 }, (_, parcel) => ({
    zone: zones[(order + parcel) % zones.length] as string,
    grams: 250 + ((order * 7 + parcel * 130) % 4000),
  }));
}
