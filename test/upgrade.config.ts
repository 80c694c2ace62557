import { defineConfig } from 'vitest/config';

/** `npm run test:upgrade`: upgrades from earlier releases, restores, and upgrades that are killed. Apart, because it takes long. */
export default defineConfig({
  test: {
    pool: 'forks',
    include: ['test/upgrade/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 300_000,
  },
});
