/** Demo data was asked for where it must not be. */
export class DemoDataRefused extends Error {
  override readonly name = 'DemoDataRefused';
  /** The message tells the user all: no stack is needed. */
  readonly expected = true;
}

/**
 * Whether a service is to seed demo data: as its setting DEMO_DATA says; unset, everywhere but in production.
 * @throws DemoDataRefused where NODE_ENV is "production" and demo data is asked for
 */
export function wantsDemoData(setting: boolean | undefined, nodeEnv = process.env.NODE_ENV): boolean {
  const production = nodeEnv === 'production';
  if (setting && production) {
    throw new DemoDataRefused(
      'demo data is refused with NODE_ENV=production, as its passwords are public: unset DEMO_DATA, or set it to false',
    );
  }
  return setting ?? !production;
}
