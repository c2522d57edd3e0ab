import { defineConfig } from 'vitest/config';

/** `npm run test:browser`: the pages in Chromium, at /usr/bin/chromium or where CHROMIUM says. */
export default defineConfig({
  test: {
    name: 'browser',
    include: ['tests/browser/**/*.test.ts'],
    globalSetup: 'tests/browser/setup.ts',
    testTimeout: 180_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
