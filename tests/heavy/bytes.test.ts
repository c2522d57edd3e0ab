import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { find } from '../../bench/claims.ts';
import { runSuite } from '../../bench/measure.ts';

// The peers whose packages are of this install.
const [express, loader, kit] = ['express, keep-alive', 'grpc-js + proto-loader', 'hotpath'] as const;
const peers: readonly string[] = [express, loader, kit, 'JSON', 'protobuf'];

test('the bytes that docs/rest-or-grpc.md tells are those that go over the wire', async () => {
  const page = await readFile(new URL('../../docs/rest-or-grpc.md', import.meta.url), 'utf8');
  const pace = { samples: 1, warmUpMs: 0, measuredMs: 0, quick: true };
  const only = ({ peer }: { peer: string }) => peers.includes(peer);
  const cases = await runSuite('payload', pace, { cores: undefined, progress: () => {}, only });
  const told: [pattern: RegExp, name: string, peer: string][] = [
    [/one price: ([\d,]+) bytes by Express on a kept connection/, 'one price', express],
    [/, ([\d,]+) by the kit; 50 prices: /, 'one price', kit],
    [/; 50 prices: ([\d,]+), /, 'batch of 50', express],
    [/ is ([\d,]+) bytes as JSON/, 'body of a price', 'JSON'],
    [/ as JSON, ([\d,]+) as protobuf/, 'body of a price', 'protobuf'],
    [/ takes ([\d,]+) bytes where Express/, 'one price', loader],
    [/ → ([\d,]+) bytes by its code/, 'batch of 50', loader],
    [/ by its code, ([\d,]+) by the kit/, 'batch of 50', kit],
  ];
  for (const [pattern, name, peer] of told) {
    const [, figure = ''] = pattern.exec(page) ?? [];
    const measured = find(cases, ['payload', name, peer])?.median ?? Number.NaN;
    // How often HTTP/2 tells that there is room varies by a byte or two.
    expect(Number(figure.replace(',', '')) / measured, `${name}, ${peer}: ${measured}`).toBeCloseTo(1, 2);
  }
}, 900_000);
