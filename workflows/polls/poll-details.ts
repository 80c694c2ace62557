import type { AuditProgress } from '../../contract/activities.js';
import type { RunFailure } from '../failures.js';
import { markdownList } from '../markdown-list.js';
import type { PolledEndpoint, PollResult } from '../../contract/reports.js';
import { markdownText } from '../../model/text.js';
import { minuteOf } from '../../model/time.js';

/** Returns the label of a batch in the timeline of the Temporal UI: the point where it begins. */
export function batchSummary(before: AuditProgress | undefined): string {
  if (!before?.window) return 'from the last complete window on';
  return `from page ${before.window.pages + 1} of ${range(before.window)}`;
}

/** Returns the details of a running audit poll for its page in the Temporal UI, in Markdown. */
export function auditProgressDetails(progress: AuditProgress): string {
  const lines = [
    `**${stateWord(progress)}** · ${counts(progress)}`,
    progress.window && `Window ${range(progress.window)}, ${progress.window.pages} pages stored`,
    progress.watermark && `Held up to ${progress.watermark}`,
  ];
  return lines.filter(Boolean).join('\n\n');
}

/** Returns the details of a running poll of several logs for its page in the Temporal UI, in Markdown. */
export function logsProgressDetails(logs: readonly LogInProgress[]): string {
  return markdownList(
    logs.map(({ protection, progress, failure }) => [
      protection,
      failure === undefined ? stateWord(progress) : 'failed',
      progress && counts(progress, 'rows'),
      progress?.window && `window ${range(progress.window)}`,
      progress?.watermark && `held up to ${progress.watermark}`,
    ]),
  );
}

interface LogInProgress {
  readonly protection: string;
  readonly progress?: AuditProgress | undefined;
  readonly failure?: unknown;
}

const stateWord = (progress: AuditProgress | undefined): string =>
  !progress || progress.state === 'more' ? 'collecting' : progress.state;

/** Returns the details of a completed poll for its page in the Temporal UI, in Markdown. */
export function pollDetails(result: PollResult): string {
  const lines = [
    `**${result.outcome}**${result.pages === undefined ? '' : ` · ${counts(result, rowWord(result))}`}`,
    endpointList(result.endpoints),
    result.watermark && `Held up to ${result.watermark}`,
    result.head && `Evidence log #${result.head.sequence} \`${result.head.hash.slice(0, 16)}\``,
  ];
  return lines.filter(Boolean).join('\n\n');
}

/** Returns the details of a failed poll for its page in the Temporal UI: what happened, what is safe, what to do. In Markdown. */
export function failedPollDetails(result: PollResult, failure: RunFailure): string {
  const stored = result.endpoints.filter(({ outcome }) => outcome !== 'failed').length;
  const safe =
    result.pages === undefined
      ? `${stored} of ${result.endpoints.length} endpoints were stored.`
      : `${counts(result, rowWord(result))} stored; the next poll goes on from there.`;
  return [
    `**${failure.cause}**: ${markdownText(failure.message)}`,
    `**What is safe**: evidence so far is kept. ${safe}`,
    endpointList(result.endpoints),
    `**Retry**: the schedule polls again by itself; now: \`temporal-mimecast poll ${result.connectionId} ${result.stream}\``,
  ]
    .filter(Boolean)
    .join('\n\n');
}

const range = (window: { readonly start: string; readonly end: string }): string =>
  `${minuteOf(window.start)} to ${minuteOf(window.end)}`;

const counts = ({ pages = 0, events = 0, newEvents = 0 }: Partial<AuditProgress>, word = 'events'): string =>
  `${pages} pages · ${events} ${word} · ${newEvents} new`;

/** Returns the noun for the items of a stream that is read page by page. */
const rowWord = ({ stream }: PollResult): string => (stream === 'audit-events' ? 'events' : 'rows');

function endpointList(endpoints: readonly PolledEndpoint[]): string {
  return markdownList(
    endpoints.map(({ endpoint, outcome, items, digest, permission, error }) => [
      endpoint,
      outcome,
      items === undefined ? undefined : `${items} items`,
      digest && `\`${digest.slice(0, 16)}\``,
      markdownText(permission ?? error ?? ''),
    ]),
  );
}
