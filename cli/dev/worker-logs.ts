import { DefaultLogger, Runtime, type LogEntry } from '@temporalio/worker';
import pino from 'pino';

/**
 * Sends everything that the SDK, workflows and activities log to one place, as JSON lines. Once in a process, before
 * anything else of the worker's.
 *
 * @param destination path of a file, or 2 for stderr
 */
export function logWorkerTo(destination: string | 2): void {
  const log = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { error: pino.stdSerializers.err } },
    pino.destination({ dest: destination, mkdir: true, sync: true }),
  );
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level, message, meta = {} }: LogEntry) => {
      log[LEVELS[level]](meta, message);
    }),
    // The command line decides when the worker ends: after what it does with it, and before the servers.
    shutdownSignals: [],
  });
}

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
