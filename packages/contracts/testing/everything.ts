import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from '../generator/generate.ts';
import { loadProtos } from '../generator/load.ts';

/** A proto with every kind of field that the generator knows. */
export const everythingProtos = fileURLToPath(new URL('protos', import.meta.url));

/** Makes the code of a folder of protos in a temporary folder, beside the wire format; gives the folder. */
export function generateInto(protos: string): string {
  const project = mkdtempSync(join(tmpdir(), 'generated-'));
  mkdirSync(join(project, 'src/generated'), { recursive: true });
  for (const file of ['bits.ts', 'codec.ts', 'reader.ts', 'writer.ts']) {
    cpSync(fileURLToPath(new URL(`../src/${file}`, import.meta.url)), join(project, 'src', file));
  }
  const place = { protos: 'testing', configs: '', codec: '../codec.ts' };
  for (const [name, code] of generate(loadProtos(protos), place)) {
    writeFileSync(join(project, 'src/generated', name), code);
  }
  return project;
}
