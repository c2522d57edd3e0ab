import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const bench = fileURLToPath(new URL('..', import.meta.url));
const inBench = (path: string) => join(bench, path);
const inRepository = (path: string) => join(bench, '..', path);

const tsProtoFolder = inBench('.hotpath/ts-proto');
const protobufEsFolder = inBench('.hotpath/protobuf-es');

/** Where ts-proto's code for one of our protos can be imported from. */
export const tsProto = (proto: string): string => pathToFileURL(join(tsProtoFolder, `${proto}.ts`)).href;

/** Where protobuf-es's can. */
export const protobufEs = (proto: string): string =>
  pathToFileURL(join(protobufEsFolder, `${proto}_pb.ts`)).href;

/**
 * Installs what bench/package-lock.json lists, unless it is, and makes the code that foreign peers and codecs use.
 * The shop itself has none of it.
 */
export function prepareForeign(): void {
  const installed = inBench('node_modules/.package-lock.json');
  const lock = inBench('package-lock.json');
  if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
    execFileSync('npm', ['ci', '--prefix', bench, '--no-fund', '--no-audit'], { stdio: ['ignore', 2, 2] });
  }
  const plugins = [
    {
      local: inBench('node_modules/.bin/protoc-gen-ts_proto'),
      out: tsProtoFolder,
      opt: [
        'forceLong=bigint',
        'importSuffix=.ts',
        'outputServices=nice-grpc',
        'outputServices=generic-definitions',
        'outputJsonMethods=false',
      ],
    },
    {
      local: inBench('node_modules/.bin/protoc-gen-es'),
      out: protobufEsFolder,
      opt: ['target=ts', 'import_extension=ts'],
    },
  ];
  const template = JSON.stringify({ version: 'v2', plugins });
  execFileSync(inRepository('node_modules/.bin/buf'), [
    'generate',
    inRepository('protos'),
    '--template',
    template,
  ]);
}
