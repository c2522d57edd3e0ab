import type { Suite } from './suite.ts';

const suites: Readonly<Record<string, () => Promise<Suite>>> = {
  payload: async () => (await import('./payload.ts')).payload,
  codec: async () => (await import('./codec.ts')).codec,
  pair: async () => (await import('./pair.ts')).pair,
  older: async () => (await import('./older.ts')).older,
  page: async () => (await import('./page.ts')).page,
  open: async () => (await import('./open.ts')).open,
  watch: async () => (await import('./watch.ts')).watch,
  chain: async () => (await import('./chain.ts')).chain,
  growth: async () => (await import('./growth.ts')).growth,
  soak: async () => (await import('./soak.ts')).soak,
  cost: async () => (await import('./cost.ts')).cost,
};

export const suiteNames = Object.keys(suites);

/** What `npm run bench` runs by itself, in that order: a soak only by its name. */
export const wholeRun = suiteNames.filter((name) => name !== 'soak');

/** The suite of that name, loaded alone. Throws where there is none. */
export function suiteOf(name: string): Promise<Suite> {
  const load = suites[name];
  if (!load) throw new Error(`there is no suite ${JSON.stringify(name)}: there are ${suiteNames.join(', ')}`);
  return load();
}
