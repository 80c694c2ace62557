import { defineConfig } from 'vitest/config';

/** Generous: a slow machine must not turn a right answer into a red one. */
const TEST_TIMEOUT_MS = 120_000;

const shared = {
  pool: 'forks',
  environment: 'node',
  testTimeout: TEST_TIMEOUT_MS,
  hookTimeout: TEST_TIMEOUT_MS,
  teardownTimeout: TEST_TIMEOUT_MS,
} as const;

/**
 * Real servers on a machine that does other things as well. A test that needed a second try is told as such; it is a defect of the
 * test, and no reason to hold a change back.
 */
const INTEGRATION_RETRIES = 1;

/** More than the cores of a small machine: most of the time a test waits for the servers that all of them share. */
const MAX_WORKERS = 4;

const onServers = { ...shared, globalSetup: ['test/global-setup.ts'], retry: INTEGRATION_RETRIES };

/**
 * Files that use the product through `test/engine.ts` or the store alone. Like the unit tests they share what a process has loaded,
 * the SDK's native part above all; the others replace modules, install a runtime of their own, or start programs.
 */
const ENGINE = ['api-2', 'backfill', 'engine', 'evidence', 'gaps', 'lifecycle', 'posture'].map(
  (topic) => `test/integration/${topic}*.test.ts`,
);

export default defineConfig({
  test: {
    maxWorkers: MAX_WORKERS,
    projects: [
      // Without isolation: loading the modules anew for each file took longer than the tests.
      { test: { ...shared, name: 'unit', isolate: false, include: ['test/unit/**/*.test.ts'] } },
      { test: { ...onServers, name: 'engine', isolate: false, include: ENGINE } },
      { test: { ...onServers, name: 'integration', include: ['test/integration/**/*.test.ts'], exclude: ENGINE } },
    ],
  },
});
