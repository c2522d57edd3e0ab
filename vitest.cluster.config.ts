import { defineConfig } from 'vitest/config';

/** `npm run test:cluster`: the shop on the cluster of KUBECONFIG, or on a kind cluster of its own. */
export default defineConfig({
  test: {
    name: 'cluster',
    include: ['tests/cluster/**/*.test.ts'],
    globalSetup: 'tests/cluster/setup.ts',
    testTimeout: 600_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});
