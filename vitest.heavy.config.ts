import { defineConfig } from 'vitest/config';

/** `npm run test:heavy`: what takes minutes, or needs Python or PostgreSQL; a shop per file, one file after the other. */
export default defineConfig({
  test: {
    name: 'heavy',
    include: ['tests/heavy/**/*.test.ts'],
    globalSetup: 'packages/testing/src/postgres-setup.ts',
    testTimeout: 300_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
