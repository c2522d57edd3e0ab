import { defineConfig } from 'vitest/config';

/** `npm test`: unit tests beside the code, contract tests, and end-to-end tests over the four processes. */
export default defineConfig({
  test: {
    // Both cores: by itself vitest leaves one to the machine's owner.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'packages/**/*.test.ts',
            'services/**/*.test.ts',
            'cdk8s/**/*.test.ts',
            'scripts/**/*.test.ts',
            'bench/*.test.ts',
            'tests/contract/**/*.test.ts',
          ],
          globalSetup: 'packages/testing/src/postgres-setup.ts',
          // For a machine ten times slower than two cores of a server: the longest takes four seconds there.
          testTimeout: 60_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 20_000 } },
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          globalSetup: 'tests/e2e/setup.ts',
          testTimeout: 60_000,
          // A start of the shop takes two seconds, and more where much else runs.
          hookTimeout: 120_000,
          expect: { poll: { timeout: 20_000 } },
          // After the unit tests: a shop of four processes and its clients have the machine to themselves.
          sequence: { groupOrder: 1 },
          fileParallelism: false,
        },
      },
    ],
  },
});
