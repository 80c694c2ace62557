import type { RestartedConnection, UpgradeProgress, UpgradeReport } from '../../worker/index.js';
import type { Output } from '../console/output.js';

/** Interval of progress lines without a terminal, in milliseconds. */
const TELL_EVERY_MS = 10_000;

interface ShownProgress {
  readonly show: (progress: UpgradeProgress) => void;
  readonly clear: () => void;
}

/** Progress on stderr: a line that is replaced on a terminal, a new line every 10 seconds elsewhere. */
export function upgradeProgress(output: Output, now: () => number = Date.now): ShownProgress {
  const line = output.progress();
  let toldAt = now();
  let waitingFor = '';
  return {
    show: (progress) => {
      const text = progressText(progress);
      if (text === undefined) return;
      const waits = progress.step === 'waiting' ? text : '';
      if (output.isInteractive) line.show(text);
      else if ((waits !== '' && waits !== waitingFor) || now() - toldAt >= TELL_EVERY_MS) {
        output.note(text);
        toldAt = now();
      }
      waitingFor = waits;
    },
    clear: () => {
      line.clear();
    },
  };
}

function progressText({ step, workers = [], done, total }: UpgradeProgress): string | undefined {
  if (step === 'waiting') return `Waiting for workers to stop: ${workers.join(', ')}`;
  return step === 'marked' ? `Restarted ${done} of ${total} connections.` : undefined;
}

/** Returns the lines that `migrate` prints at its end. */
export function upgradeLines({ applied, namespace, restarted, withoutRow }: UpgradeReport): string[] {
  const changed = applied.length > 0 || restarted.length > 0;
  return [
    ...(changed ? [] : ['The database is up to date.']),
    ...applied.map((name) => `applied ${name}`),
    ...(namespace?.adopted ? [`The database now belongs to namespace ${namespace.name}.`] : []),
    ...restartLines(restarted),
    ...withoutRow.map(
      (workflowId) =>
        `${workflowId} runs without a row in the database and was left alone. To end it: temporal workflow terminate --workflow-id ${workflowId}`,
    ),
  ];
}

function restartLines(restarted: readonly RestartedConnection[]): string[] {
  if (restarted.length === 0) return [];
  const sum = (count: (one: RestartedConnection) => number): number =>
    restarted.reduce((total, one) => total + count(one), 0);
  const parts = [
    counted(
      sum(({ polls }) => polls.length),
      'poll',
    ),
    counted(
      sum(({ backfill }) => (backfill ? 1 : 0)),
      'backfill',
    ),
    counted(
      sum(({ rotations }) => rotations),
      'announced rotation',
    ),
  ].filter((part) => part !== undefined);
  const also = parts.length === 0 ? '' : `, with ${parts.join(', ')} under way`;
  return [
    `Restarted ${counted(restarted.length, 'connection') ?? ''}${also}. Start the workers of this release.`,
    ...restarted.flatMap(({ connectionId, lostUpdates }) =>
      lostUpdates.map(
        (update) =>
          `${connectionId}: the request "${update}" was not completed, and its sender got an error. Send it again.`,
      ),
    ),
  ];
}

const counted = (count: number, word: string): string | undefined =>
  count === 0 ? undefined : `${count} ${word}${count === 1 ? '' : 's'}`;
