/**
 * Writes packages/contracts/src/generated from protos/*.proto. With --check it writes nothing and exits 1 where
 * the generated files are stale.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generate } from '../packages/contracts/generator/generate.ts';
import { loadProtos } from '../packages/contracts/generator/load.ts';

const folder = new URL('../packages/contracts/src/generated/', import.meta.url);
const fresh = generate(loadProtos(fileURLToPath(new URL('../protos', import.meta.url))));
const present = existsSync(folder) ? readdirSync(folder) : [];
const stale = [...new Set([...fresh.keys(), ...present])].filter((name) => {
  const file = new URL(name, folder);
  return !present.includes(name) || readFileSync(file, 'utf8') !== fresh.get(name);
});

if (process.argv.includes('--check')) {
  for (const name of stale)
    console.error(`packages/contracts/src/generated/${name} is stale: run npm run generate`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  mkdirSync(folder, { recursive: true });
  for (const name of stale) {
    const code = fresh.get(name);
    if (code === undefined) rmSync(new URL(name, folder));
    else writeFileSync(new URL(name, folder), code);
    console.log(`packages/contracts/src/generated/${name} ${code === undefined ? 'removed' : 'written'}`);
  }
}
