import { DefaultLogger, Runtime, type LogEntry } from '@temporalio/worker';
import pino from 'pino';
import { jsonText } from '../../model/text.js';

/**
 * Sends all logs of the SDK, workflows and activities to one destination, as JSON lines. Call it once per process,
 * before anything else of the worker.
 *
 * @param destination path of a file, or 2 for stderr
 */
export function logWorkerTo(destination: string | 2): void {
  const log = pino(
    {
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: pino.stdSerializers.err },
      hooks: { streamWrite: jsonText },
    },
    pino.destination({ dest: destination, mkdir: true, sync: true, mode: 0o600 }),
  );
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level, message, meta = {} }: LogEntry) => {
      log[LEVELS[level]](meta, message);
    }),
    // The command line stops the worker itself: after its work, and before the servers.
    shutdownSignals: [],
  });
}

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
