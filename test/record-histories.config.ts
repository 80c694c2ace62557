import { defineConfig } from 'vitest/config';

/** `npm run record-histories`: not a test, but it needs what the tests need. */
export default defineConfig({
  test: {
    pool: 'forks',
    include: ['test/record-histories.ts'],
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
