import { isStuck, resetCommand } from '../../client/failing.js';
import type { SeenWorkflow } from '../../client/inspection.js';
import { unreadableStatus } from '../../contract/connection-status.js';
import type { CheckpointState } from '../../evidence/proof/checkpoints.js';
import type { ConnectionRow, StreamPause } from '../../model/connection.js';
import type { InspectedKeys } from '../../evidence/inspection.js';
import { keyAge, keyDates } from '../../model/key-age.js';
import { POLLED_STREAMS } from '../../model/streams.js';
import { DAY_MS, dayOf, MINUTE_MS } from '../../model/time.js';
import { formatMoment } from '../console/times.js';
import { findingsOn, type Finding, type FindingMaker } from './finding.js';
import type { Sighting } from './judge-stream.js';

/** A disconnect is over in seconds unless polls have to end first. */
const DISCONNECT_LIMIT_MS = 10 * MINUTE_MS;

/** A connection: its row, and the actual state. */
export interface ConnectionCase {
  readonly row: ConnectionRow;
  /** Versions in use or pending, oldest first. */
  readonly keys: readonly InspectedKeys[];
  /** Absent when Temporal is unreachable. */
  readonly workflow?: Sighting<SeenWorkflow>;
  /** Absent when no checkpoint was ever made. */
  readonly checkpoint?: CheckpointState;
}

export function judgeConnection({ row, keys, workflow, checkpoint }: ConnectionCase, now: Date): Finding[] {
  const about = findingsOn('connections', row.connectionId);
  if (row.state === 'disconnected') return [about.ok('state', 'disconnected; its evidence is kept')];
  const inUse = keys.find(({ version }) => version === row.activeVersion) ?? keys.at(-1);
  return [
    judgeState(about, row, inUse, now),
    ...(workflow === undefined ? [] : [judgeWorkflow(about, row, workflow, now)]),
    ...(inUse && row.state !== 'disconnecting' ? [judgeKeyAge(about, row, inUse, now)] : []),
    ...(checkpoint ? [judgeCheckpoint(about, checkpoint, now)] : []),
  ];
}

/** Checkpoints are made daily; one may be missed. */
const CHECKPOINT_LIMIT_MS = 2 * DAY_MS;

function judgeCheckpoint(about: FindingMaker, { connectionId, made, failure }: CheckpointState, now: Date): Finding {
  const newest = made ? `the newest is of ${formatMoment(made.at, now)} UTC` : 'there is none yet';
  if (failure !== undefined) {
    const next = `Mend that: workers try again daily. Meanwhile: temporal-mimecast checkpoint ${connectionId} --out <file>`;
    return about.warning('checkpoint', `no checkpoint was delivered: ${failure} ${capitalised(newest)}`, next);
  }
  if (made && made.ageMs < 0) {
    const next = 'Check the clock of the database (NTP). Workers make the next checkpoint within a day.';
    return about.warning('checkpoint', `the newest checkpoint is dated in the future: ${newest}`, next);
  }
  if (made && made.ageMs <= CHECKPOINT_LIMIT_MS) return about.ok('checkpoint', newest);
  const next = 'Give the workers their key again (MIMECAST_CHECKPOINT_KEY_FILE), and where checkpoints go.';
  return about.warning('checkpoint', `checkpoints are no longer made: ${newest}`, next);
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function judgeState(about: FindingMaker, row: ConnectionRow, inUse: InspectedKeys | undefined, now: Date): Finding {
  const { connectionId, state, updatedAt, accountCode } = row;
  const unreadable = unreadableStatus(row);
  if (unreadable) return about.failure('state', `its row is invalid: ${unreadable.problem}`, unreadable.fix);
  if (state === 'connected') return about.ok('state', `connected, account ${accountCode ?? 'unconfirmed'}`);
  if (state === 'disconnecting') {
    const since = `disconnecting since ${formatMoment(updatedAt, now)} UTC`;
    if (now.getTime() - updatedAt.getTime() < DISCONNECT_LIMIT_MS) return about.ok('state', since);
    return about.warning('state', since, `temporal-mimecast disconnect ${connectionId}`);
  }
  const keys = `keys${inUse ? ` v${inUse.version}` : ''}`;
  const refusal = refusalOf(row);
  if (!refusal) return about.failure('state', `${keys} are not proved yet`, `temporal-mimecast resume ${connectionId}`);
  const since = formatMoment(new Date(refusal.since), now);
  return about.failure(
    'state',
    `${keys} refused since ${since} UTC (${refusal.note})`,
    `temporal-mimecast rotate ${connectionId}`,
  );
}

/** Returns the earliest refusal. ISO times in UTC sort as text. */
function refusalOf({ pauses }: ConnectionRow): StreamPause | undefined {
  return Object.values(pauses)
    .flat()
    .filter(({ by }) => by === 'refused-keys')
    .sort((a, b) => (a.since < b.since ? -1 : 1))[0];
}

function judgeWorkflow(about: FindingMaker, row: ConnectionRow, workflow: Sighting<SeenWorkflow>, now: Date): Finding {
  if (workflow === 'unknown') return about.skipped('workflow', 'Temporal did not describe the workflow in time');
  const resume = `temporal-mimecast ${resuming(row)}`;
  if (workflow === 'missing') return about.failure('workflow', 'its workflow is not there', resume);

  const { status, closedAt, attempts = 1 } = workflow;
  if (status !== 'RUNNING') {
    const since = closedAt ? ` since ${formatMoment(closedAt, now)} UTC` : '';
    return about.failure('workflow', `its workflow is ${status.toLowerCase().replaceAll('_', ' ')}${since}`, resume);
  }
  if (!isStuck(workflow)) return about.ok('workflow', 'its workflow is running');
  return about.failure(
    'workflow',
    `its workflow is running, but its next step has failed ${attempts - 1} times`,
    resetCommand(row.connectionId),
  );
}

/**
 * Returns the command that restarts the workflow. It names a stream that the operator has not paused, so that it lifts
 * no pause.
 */
function resuming({ connectionId, settings, pauses }: ConnectionRow): string {
  const isOperators = ({ by }: StreamPause): boolean => by === 'operator';
  const enabled = POLLED_STREAMS.filter((stream) => settings.streams[stream]?.enabled);
  const open = enabled.filter((stream) => !pauses[stream]?.some(isOperators));
  const [stream] = open.length < enabled.length ? open : [];
  return ['resume', connectionId, ...(stream === undefined ? [] : [stream])].join(' ');
}

/** Warns about old keys: polls still work, and the posture judges the age. */
function judgeKeyAge(about: FindingMaker, row: ConnectionRow, keys: InspectedKeys, now: Date): Finding {
  const dates = keyDates(keys.issuedAt, row.settings.thresholds);
  const days = Math.max(0, Math.floor((now.getTime() - keys.issuedAt.getTime()) / DAY_MS));
  const found = `keys v${keys.version} issued ${dayOf(keys.issuedAt)}, ${days} d old`;
  const rotate = `temporal-mimecast rotate ${row.connectionId}`;
  const age = keyAge(dates, now);
  if (age === 'fresh') return about.ok('key-age', found);
  return about.warning(
    'key-age',
    age === 'due'
      ? `${found}: rotation is due, and overdue on ${dayOf(dates.overdueAt)}`
      : `${found}: rotation is OVERDUE since ${dayOf(dates.overdueAt)}`,
    rotate,
  );
}
