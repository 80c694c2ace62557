import { defineConfig } from 'vitest/config';

/** Ends a test that hangs. Far above what any test takes, so that a slow machine fails none. */
const TEST_TIMEOUT_MS = 300_000;

const shared = {
  pool: 'forks',
  environment: 'node',
  testTimeout: TEST_TIMEOUT_MS,
  hookTimeout: TEST_TIMEOUT_MS,
  teardownTimeout: TEST_TIMEOUT_MS,
} as const;

/**
 * Real servers on a machine that does other things as well. A test that needed a second try is reported as such; it is a defect
 * of the test, and no reason to hold a change back.
 */
const INTEGRATION_RETRIES = 1;

/** More than the cores of a small machine: most of the time a test waits for the servers that all of them share. */
const MAX_WORKERS = 4;

const onServers = { ...shared, globalSetup: ['test/support/global-setup.ts'], retry: INTEGRATION_RETRIES };

/** Files that replace modules of the process that they run in. */
const OWN_PROCESS = ['test/integration/activities/maintenance.test.ts'];

export default defineConfig({
  test: {
    maxWorkers: MAX_WORKERS,
    reporters: ['default', './test/support/slowest-files.ts'],
    projects: [
      // Without isolation, files share what a process has loaded: loading the SDK for each file took longer than many tests.
      { test: { ...shared, name: 'unit', isolate: false, include: ['test/unit/**/*.test.ts', 'test/docs/*.test.ts'] } },
      {
        test: {
          ...onServers,
          name: 'integration',
          isolate: false,
          include: ['test/{integration,docs/servers}/**/*.test.ts'],
          exclude: OWN_PROCESS,
        },
      },
      { test: { ...onServers, name: 'own-process', include: OWN_PROCESS } },
    ],
  },
});
