import { markdownText } from '../../model/text.js';
import { approximateDuration, spanText } from '../../model/time.js';
import type { BackfillProgress, BackfillResult, TimeSpan } from '../../contract/backfill.js';
import type { RunFailure } from '../failures.js';

/** What a batch is called in the timeline of the Temporal UI. */
export function backfillBatchSummary({ windows, pages }: BackfillProgress): string {
  return `${windows.done} of ${windows.total} windows, ${pages} pages so far`;
}

/** What the Temporal UI shows on the page of a backfill that is going, in Markdown. */
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

/** What it shows on the page of a backfill that has ended, in Markdown. */
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

/** What it shows on the page of a backfill that somebody ended, or that failed: what is safe, and how to go on. In Markdown. */
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
