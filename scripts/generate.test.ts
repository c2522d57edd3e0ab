import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const [common, coupons, pricing, user] = ['common', 'coupons', 'pricing', 'user'].map(
  (name) => `packages/contracts/src/generated/${name}.ts`,
) as [string, string, string, string];
let copy: string;

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'generate-'));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  const read = [
    ...['protos', 'packages/contracts'],
    ...[
      'tests/interop/protos',
      'tests/interop/generated',
      'packages/chaos/protos',
      'packages/chaos/src/generated',
      'docs/examples/hot-call/protos',
      'docs/examples/hot-call/generated',
    ],
  ];
  for (const path of ['package.json', 'scripts/generate.ts', ...read]) {
    cpSync(join(root, path), join(copy, path), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
});

function generate(...args: string[]) {
  const { status, stderr } = spawnSync(process.execPath, [join(copy, 'scripts/generate.ts'), ...args], {
    encoding: 'utf8',
  });
  return { status, stderr };
}

test('what is committed is what the protos say', () => {
  expect(generate('--check')).toEqual({ status: 0, stderr: '' });
});

const changes: readonly [why: string, stale: string, change: () => void][] = [
  [
    'a proto has changed',
    pricing,
    () => appendFileSync(join(copy, 'protos/pricing.proto'), 'message Coupon {}'),
  ],
  ['it has changed', common, () => appendFileSync(join(copy, common), '// by hand')],
  ['it is missing', user, () => rmSync(join(copy, user))],
  ['its proto is gone', coupons, () => writeFileSync(join(copy, coupons), '')],
];

test.each(changes)('code is stale where %s', (_, stale, change) => {
  change();
  expect(generate('--check')).toEqual({ status: 1, stderr: `${stale} is stale: run npm run generate\n` });
});

test('without --check it is written anew', () => {
  for (const [, , change] of changes) change();
  expect(generate()).toEqual({ status: 0, stderr: '' });
  expect(generate('--check')).toEqual({ status: 0, stderr: '' });
});
