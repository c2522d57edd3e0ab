import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chartFiles, chartFolder } from './chart/chart.ts';
import { k8sFolder, manifests, staleIn, write } from './files.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'k8s-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('k8s/ and charts/hotpath/ are what the catalogue says (npm run synth)', () => {
  expect(staleIn(k8sFolder, manifests())).toEqual([]);
  expect(staleIn(chartFolder, chartFiles())).toEqual([]);
});

test('a file that was changed, lost or added by hand is found, and mended by writing', () => {
  cpSync(k8sFolder, folder, { recursive: true });
  writeFileSync(join(folder, 'local-mesh/user.yaml'), 'kind: Surprise\n');
  rmSync(join(folder, 'local-mtls/pricing.yaml'));
  writeFileSync(join(folder, 'local-mtls/extra.yaml'), 'kind: Extra\n');
  const stale = [
    { file: 'local-mesh/user.yaml', problem: 'changed' },
    { file: 'local-mtls/pricing.yaml', problem: 'missing' },
    { file: 'local-mtls/extra.yaml', problem: 'unknown' },
  ];
  expect(staleIn(folder, manifests())).toEqual(stale);
  expect(write(folder, manifests())).toEqual(stale);
  expect(staleIn(folder, manifests())).toEqual([]);
});
