import type { ConnectionRow, CredentialVersion, Stream } from '../model/connection.js';
import { keyDates } from '../model/key-age.js';
import type { ConnectionStatus, CredentialStatus, PauseReason, PostureStatus } from './reports.js';
import type { EvaluationHeadline } from '../model/verdicts.js';

/** The versions of a connection's keys that its status speaks of. */
export interface StatusKeys {
  /** The version that polls use, or the newest when none is in use. */
  readonly inUse?: CredentialVersion | undefined;
  readonly newest?: CredentialVersion | undefined;
}

/**
 * Returns the summary of a record of verdicts. `worst` is about the tenant alone: problems of the collection do not count.
 */
export function postureStatus(
  { at, summary, bySubject, failing, turnsAt, sequence }: EvaluationHeadline,
  now?: Date,
): PostureStatus {
  const { fail, unknown } = bySubject.tenant;
  return {
    at,
    worst: fail > 0 ? 'fail' : unknown > 0 ? 'unknown' : 'pass',
    summary,
    failing,
    ...(turnsAt !== undefined && { turnsAt }),
    ...(turnsAt !== undefined && now && { turnsInMs: Date.parse(turnsAt) - now.getTime() }),
    ...(sequence !== undefined && { sequence }),
  };
}

/** The part of the evidence store that a status is read from. */
export interface StatusSource {
  readonly connections: {
    credentials(connectionId: string, version: number): Promise<CredentialVersion | undefined>;
    newestCredentials(connectionId: string): Promise<CredentialVersion | undefined>;
  };
  readonly evaluations: { headline(connectionId: string): Promise<EvaluationHeadline | undefined> };
  /** The database's clock. With it, moments are returned as durations too, which workflows need. */
  readonly clock?: () => Promise<() => Date>;
}

/** Reads what belongs to a connection's row, and returns its {@link connectionStatus}. */
export async function statusOf(
  { connections, evaluations, clock }: StatusSource,
  row: ConnectionRow,
): Promise<ConnectionStatus> {
  const { connectionId, activeVersion } = row;
  const newest = await connections.newestCredentials(connectionId);
  const active = activeVersion === undefined ? undefined : await connections.credentials(connectionId, activeVersion);
  const headline = await evaluations.headline(connectionId);
  return connectionStatus(row, { inUse: active ?? newest, newest }, headline, (await clock?.())?.());
}

/** Returns a connection's status from its row and its keys, without the sealed text. */
export function connectionStatus(
  row: ConnectionRow,
  { inUse, newest }: StatusKeys,
  headline?: EvaluationHeadline,
  now?: Date,
): ConnectionStatus {
  const { connectionId, state, settings, accountCode, accountName, lastRotation } = row;
  const refusedSince = refusedFrom(row);
  const unreadable = unreadableStatus(row);
  return {
    connectionId,
    state,
    ...(settings.baseUrl !== '' && { baseUrl: settings.baseUrl }),
    ...(unreadable && { unreadable }),
    apiVersion: settings.apiVersion,
    settings,
    ...(accountCode !== undefined && {
      account: { code: accountCode, ...(accountName !== undefined && { name: accountName }) },
    }),
    ...(inUse && { credentials: credentialStatus(inUse, row) }),
    ...(newest?.state === 'pending' && newest.version !== inUse?.version && { pendingVersion: newest.version }),
    pauses: pauseNotes(row),
    pausedFor: pauseReasons(row),
    ...(refusedSince !== undefined && { refusedSince }),
    ...(refusedSince !== undefined && now && { refusedForMs: now.getTime() - Date.parse(refusedSince) }),
    ...(lastRotation && { lastRotation }),
    ...(headline && { posture: postureStatus(headline, now) }),
  };
}

/** Returns the reason why a row cannot be used, and the command that fixes it. */
export function unreadableStatus({ connectionId, unreadable }: ConnectionRow): ConnectionStatus['unreadable'] {
  if (!unreadable) return undefined;
  const { problem, option } = unreadable;
  return { problem, fix: `temporal-mimecast edit ${connectionId} ${option}` };
}

function credentialStatus(keys: CredentialVersion, { settings }: ConnectionRow): CredentialStatus {
  const { version, state, issuedAt, sealedDigest, fingerprint } = keys;
  const { dueAt, overdueAt } = keyDates(issuedAt, settings.thresholds);
  return {
    version,
    state,
    issuedAt: issuedAt.toISOString(),
    dueAt: dueAt.toISOString(),
    overdueAt: overdueAt.toISOString(),
    sealedDigest,
    ...(fingerprint !== undefined && { fingerprint }),
  };
}

function pauseNotes({ pauses }: ConnectionRow): Partial<Record<Stream, string>> {
  const notes = Object.entries(pauses).map(([stream, reasons]) => [stream, reasons.map(({ note }) => note).join('; ')]);
  return Object.fromEntries(notes) as Partial<Record<Stream, string>>;
}

function pauseReasons({ pauses }: ConnectionRow): PauseReason[] {
  const by = new Set(Object.values(pauses).flatMap((reasons) => reasons.map((reason) => reason.by)));
  return [
    ...(by.has('refused-keys') ? ['keys-refused' as const] : []),
    ...(by.has('operator') ? ['operator' as const] : []),
  ];
}

/** Since when the keys are refused. ISO moments in UTC sort as text. */
function refusedFrom({ pauses }: ConnectionRow): string | undefined {
  const reasons = Object.values(pauses).flat();
  return reasons
    .filter(({ by }) => by === 'refused-keys')
    .map(({ since }) => since)
    .sort()[0];
}
