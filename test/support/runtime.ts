import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';

/** Logger for workers, bundles and replays: errors only. */
export const logger = new DefaultLogger('ERROR');

// The SDK logs each failed attempt at length, and failed attempts are part of many tests. A process has one runtime.
Runtime.install({
  logger,
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
});
