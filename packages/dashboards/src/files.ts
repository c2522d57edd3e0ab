import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { alerts, recordings } from './alerts.ts';
import { dashboards } from './dashboards.ts';

/** The folder that dashboards and rules are written to. */
export const filesFolder = fileURLToPath(new URL('../../../dashboards', import.meta.url));

/** What belongs there, by file name. */
export function outputs(): ReadonlyMap<string, string> {
  const rules = {
    groups: [
      { name: 'hotpath-edges', rules: recordings },
      { name: 'hotpath-alerts', rules: alerts },
    ],
  };
  return new Map([
    ...dashboards.map((one) => [`${one.uid?.slice(8)}.json`, `${JSON.stringify(one, null, 2)}\n`] as const),
    ['rules.yaml', stringify(rules, { lineWidth: 0 })] as const,
  ]);
}

/** The files in a folder that are missing, changed or unknown. */
export function staleIn(folder: string, wanted = outputs()): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const present = new Map(
    readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  );
  return [...new Set([...wanted.keys(), ...present.keys()])].filter(
    (file) => wanted.get(file) !== present.get(file),
  );
}

/** Makes the folder hold what belongs there and no more. @returns the files that had to change */
export function write(folder: string): readonly string[] {
  const wanted = outputs();
  const stale = staleIn(folder, wanted);
  for (const file of stale) {
    const text = wanted.get(file);
    if (text === undefined) rmSync(join(folder, file));
    else writeFileSync(join(folder, file), text);
  }
  return stale;
}
