import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { command } from '@hotpath/cli';
import { generate } from '../packages/contracts/generator/generate.ts';
import { loadProtos } from '../packages/contracts/generator/load.ts';

const help = `Writes the code of all protos.

  npm run generate [-- --check]

  --check  write nothing, and fail where the code is stale
  --help   print this
`;

/** Each folder of protos, the folder of its code, and where that imports the wire format from. */
const targets = [
  {
    protos: 'protos',
    generated: 'packages/contracts/src/generated',
    codec: '../codec.ts',
  },
  {
    protos: 'tests/interop/protos',
    generated: 'tests/interop/generated',
    codec: '@hotpath/contracts',
  },
  {
    protos: 'packages/chaos/protos',
    generated: 'packages/chaos/src/generated',
    codec: '@hotpath/contracts',
  },
  {
    protos: 'docs/examples/hot-call/protos',
    generated: 'docs/examples/hot-call/generated',
    codec: '@hotpath/contracts',
  },
];

await command({ name: 'npm run generate', help, options: { check: { type: 'boolean' } } }, ({ check }) => {
  for (const { protos, generated, codec } of targets) {
    const place = { protos, configs: relative(generated, protos), codec };
    const fresh = generate(loadProtos(fileURLToPath(new URL(`../${protos}`, import.meta.url))), place);
    const folder = new URL(`../${generated}/`, import.meta.url);
    const present = existsSync(folder) ? readdirSync(folder) : [];
    for (const name of new Set([...fresh.keys(), ...present])) {
      const file = new URL(name, folder);
      const code = fresh.get(name);
      if (present.includes(name) && readFileSync(file, 'utf8') === code) continue;
      if (check) {
        console.error(`${generated}/${name} is stale: run npm run generate`);
        process.exitCode = 1;
        continue;
      }
      mkdirSync(folder, { recursive: true });
      if (code === undefined) rmSync(file);
      else writeFileSync(file, code);
      console.log(`${generated}/${name} ${code === undefined ? 'removed' : 'written'}`);
    }
  }
});
