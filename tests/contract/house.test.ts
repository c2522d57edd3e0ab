import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const depcruise = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');

/** Checks the imports below a folder by the house's rules. */
function cruise(cwd: string, ...folders: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [depcruise, '--config', '.dependency-cruiser.json', ...folders],
      { cwd },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

test('services never import each other, packages import no service, nothing imports in a circle', async () => {
  const { code, output } = await cruise(root, 'packages', 'services', 'scripts', 'cdk8s');
  expect(output).toContain('no dependency violations found');
  expect(code).toBe(0);
});

test('the rules go red', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'house-'));
  try {
    await cp(join(root, '.dependency-cruiser.json'), join(folder, '.dependency-cruiser.json'));
    await cp(join(root, 'package.json'), join(folder, 'package.json'));
    const web = 'services/gateway/web/src';
    for (const place of ['services/a', 'services/b', 'packages/p', `${web}/shop`, `${web}/console`])
      await mkdir(join(folder, place), { recursive: true });
    await writeFile(
      join(folder, 'services/a/main.ts'),
      `import type { B } from '../b/main.ts';\nexport const a: B = 1;\n`,
    );
    await writeFile(join(folder, 'services/b/main.ts'), 'export type B = number;\n');
    await writeFile(join(folder, 'packages/p/index.ts'), `export * from '../../services/b/main.ts';\n`);
    await writeFile(join(folder, `${web}/console/b.ts`), 'export const b = 1;\n');
    await writeFile(
      join(folder, `${web}/shop/a.ts`),
      `export * from '../console/b.ts';\nexport * from '../../../../../packages/p/index.ts';\n`,
    );
    const { code, output } = await cruise(folder, 'packages', 'services');
    expect(output).toContain('services-meet-in-protos: services/a/main.ts');
    expect(output).toContain('packages-know-no-service: packages/p/index.ts');
    expect(output).toContain(`shop-and-console-meet-in-ui: ${web}/shop/a.ts`);
    expect(output).toContain(`pages-know-types-only: ${web}/shop/a.ts`);
    expect(code).toBeGreaterThan(0);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
