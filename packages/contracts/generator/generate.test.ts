import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { everythingProtos, generateInto } from '../testing/everything.ts';
import { generate } from './generate.ts';
import { loadProtos } from './load.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'generate-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** The code made of one proto file's text. */
function codeOf(text: string): string | undefined {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'shop.proto'), `syntax = "proto3"; package shop; ${text}`);
  const place = { protos: 'protos', configs: '../protos', codec: '../codec.ts' };
  return generate(loadProtos(folder), place).get('shop.ts');
}

test.each([
  ['map<string, int32> prices = 1;', 'field shop.Cart.prices is a map'],
  ['oneof by { string name = 1; int64 id = 2; }', 'field shop.Cart.name is in a oneof'],
  ['fixed64 id = 1;', 'field shop.Cart.id is of type fixed64'],
])('%s is refused', (field, message) => {
  expect(() => codeOf(`message Cart { ${field} }`)).toThrow(`not supported: ${message}`);
});

test('a type that no file of the folder declares is refused', () => {
  const text = 'import "google/protobuf/timestamp.proto"; message Cart { google.protobuf.Timestamp at = 1; }';
  expect(() => codeOf(text)).toThrow('google.protobuf.Timestamp is not declared in protos/');
});

test('an RPC that does not say whether it may be repeated has idempotency UNKNOWN', () => {
  const code = codeOf('message Cart {} service Carts { rpc Watch(Cart) returns (stream Cart); }');
  expect(code).toContain("path: '/shop.Carts/Watch'");
  expect(code).toContain("kind: 'serverStream'");
  expect(code).toContain("idempotency: 'UNKNOWN'");
});

test('fields are written in the order of their numbers', () => {
  const code = codeOf('message Cart { string last = 3; bool first = 1; int64 middle = 2; }');
  expect(code?.match(/(?<=writer\.tag\()\d+/g)).toEqual(['8', '16', '26']);
});

test('comments are carried over and cannot end the doc comment', () => {
  const code = codeOf(
    'message Cart {\n  // Never */ this.\n  //\n  // Second paragraph.\n  int32 size = 1;\n}',
  );
  expect(code).toContain(
    '  /**\n   * Never *\\/ this.\n   *\n   * Second paragraph.\n   */\n  size: number;',
  );
});

test('the code of every kind of field typechecks', () => {
  const project = generateInto(everythingProtos);
  onTestFinished(() => rmSync(project, { recursive: true }));
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', project], { encoding: 'utf8' });
  expect(stdout).toBe('');
});
