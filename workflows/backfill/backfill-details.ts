import { markdownText } from '../../model/text.js';
import { approximateDuration, spanText } from '../../model/time.js';
import type { BackfillProgress, BackfillResult, TimeSpan } from '../../contract/backfill.js';
import type { RunFailure } from '../failures.js';

/** Returns the label of a batch in the timeline of the Temporal UI. */
export function backfillBatchSummary({ windows, pages }: BackfillProgress): string {
  return `${windows.done} of ${windows.total} windows, ${pages} pages so far`;
}

/** Returns the details of a running backfill for its page in the Temporal UI, in Markdown. */
export function backfillDetails(progress: BackfillProgress): string {
  const { state, range, pagesPerSecond, timeLeftMs } = progress;
  const speed = pagesPerSecond === undefined ? undefined : `${pagesPerSecond} pages/s`;
  const left = timeLeftMs === undefined ? undefined : `about ${approximateDuration(timeLeftMs)} left`;
  return paragraphs([
    `**${state}** · ${counts(progress)}`,
    range && `Reads ${spanText(range)}`,
    [speed, left].filter(Boolean).join(' · '),
  ]);
}

/** Returns the details of a completed backfill for its page in the Temporal UI, in Markdown. */
export function backfillResultDetails(result: BackfillResult): string {
  const { outcome, range, permission, head, notes } = result;
  return paragraphs([
    `**${outcome}** · ${counts(result)}`,
    range && `Read ${spanText(range)}`,
    permission &&
      `**Do this**: grant "${markdownText(permission)}" to the role of the API user, then run the backfill again`,
    ...notes.map(markdownText),
    head && `Evidence log #${head.sequence} \`${head.hash.slice(0, 16)}\``,
  ]);
}

/** Returns the details of a cancelled or failed backfill: what is safe, and how to resume. In Markdown. */
export function endedBackfillDetails(progress: BackfillProgress, asked: TimeSpan, failure?: RunFailure): string {
  const happened = failure ? `**${failure.cause}**: ${markdownText(failure.message)}` : '**cancelled**';
  const again = `temporal-mimecast backfill ${progress.connectionId} --from ${asked.start} --to ${asked.end}`;
  return paragraphs([
    happened,
    `**What is safe**: ${counts(progress)} are stored.`,
    `**Go on**: \`${again}\` reads only what is missing, each window from its last page on.`,
  ]);
}

function counts({ windows, pages, events, newEvents }: Omit<BackfillProgress, 'state' | 'connectionId'>): string {
  const failed = windows.failed === 0 ? '' : ` (${windows.failed} given up)`;
  return `${windows.done} of ${windows.total} windows${failed} · ${pages} pages · ${events} events · ${newEvents} new`;
}

const paragraphs = (parts: readonly (string | undefined)[]): string => parts.filter(Boolean).join('\n\n');
