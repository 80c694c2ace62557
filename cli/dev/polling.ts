import type { PollReport } from '../../client/index.js';
import type { Connections } from '../reach/services.js';
import type { PolledStream } from '../../model/streams.js';
import type { Context } from '../command.js';
import { EXIT } from '../console/exit-codes.js';
import { unlessInterrupted } from '../console/interruption.js';
import { CliError } from '../console/failures.js';

/**
 * Polls and waits, with a progress line on stderr when it is a terminal.
 *
 * @throws {CliError} when the user interrupts the wait; the polls themselves continue
 */
export async function pollAndShow(
  { output, signal }: Pick<Context, 'output' | 'signal'>,
  connections: Connections,
  connectionId: string,
  streams: readonly PolledStream[],
): Promise<PollReport[]> {
  const progress = output.progress();
  try {
    const polling = connections.poll(connectionId, [...streams], {
      onProgress: ({ text }) => {
        progress.show(text);
      },
      signal,
    });
    return await unlessInterrupted(polling, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new CliError(
      'interrupted',
      'No longer waiting. The polls go on.',
      `See how they end: temporal-mimecast status ${connectionId}`,
      EXIT.interrupted,
    );
  } finally {
    progress.clear();
  }
}
