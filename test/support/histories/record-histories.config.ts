import { defineConfig } from 'vitest/config';

/** `npm run record-histories`: not a test, but it needs what the tests need. */
export default defineConfig({
  test: {
    pool: 'forks',
    include: ['test/support/histories/record-histories.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
