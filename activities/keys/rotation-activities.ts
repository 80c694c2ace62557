import { Context } from '@temporalio/activity';
import type { ConnectionRow, RotationOutcome } from '../../model/connection.js';
import { defined } from '../../model/json.js';
import { statusOf } from '../../contract/connection-status.js';
import type { RotationReport } from '../../contract/reports.js';
import type { ActivityDependencies } from '../dependencies.js';
import { openSealed } from './open-sealed.js';
import { acceptedProof, proveKeys, refusalNote } from './prove-keys.js';
import { moveOf, sameKeysElsewhere } from './rotation-move.js';
import { isJudged, rotationVerdict } from './rotation-verdict.js';
import { refusalLimit } from '../refusal-guard.js';
import { waitNotice } from '../../mimecast/errors.js';
import type { Sessions } from '../session.js';
import type { LoadedConnection } from '../../evidence/database/connection-row.js';
import { requireLoaded, requireRow } from '../stored-connection.js';
import type { MimecastActivities, RotationProof, StagedKeys } from '../../contract/activities.js';

/**
 * The steps of a rotation: stage, prove, settle. Every step is idempotent, and only the last one changes the keys in
 * use, so a worker that dies in between leaves the previous keys in use.
 */
export function rotationActivities(
  dependencies: ActivityDependencies,
  sessions: Sessions,
): Pick<
  MimecastActivities,
  'mimecast.stageKeys' | 'mimecast.proveRotation' | 'mimecast.settleRotation' | 'mimecast.refuseRotation'
> {
  const { store, allowLoopback } = dependencies;

  const prove = async (saved: LoadedConnection, version: number) => {
    const { api, row } = await sessions.openVersion(saved, version);
    return await proveKeys(api, row, Context.current().cancellationSignal);
  };

  const refuse = async (connectionId: string, at: string, reason: string, note?: string): Promise<StagedKeys> => {
    const outcome = defined({ at, accepted: false, reason, note });
    const row = await store.connections.recordRotation(connectionId, outcome);
    return { answer: { connectionId, accepted: false, reason }, status: await statusOf(store, row) };
  };

  /** Answers without a call and without a record: many may come, and none of them changes anything. */
  const braked = async (row: ConnectionRow, waitMs: number): Promise<StagedKeys> => {
    const { connectionId } = row;
    const reason = waitNotice((await store.clock())(), waitMs);
    return { answer: { connectionId, accepted: false, reason, waitMs }, status: await statusOf(store, row) };
  };

  return {
    async 'mimecast.stageKeys'(connectionId, request, at) {
      const { sealed, issuedAt, note } = request;
      const opened = await openSealed(dependencies, connectionId, sealed);
      if ('reason' in opened) return await refuse(connectionId, at, opened.reason, note);

      const row = await requireRow(store, connectionId);
      const move = moveOf(row, request.baseUrl, opened.apiVersion, allowLoopback);
      if (move.fault !== undefined) return await refuse(connectionId, at, move.fault, note);

      const active = await store.connections.activeCredentials(connectionId);
      const { fingerprint, kid, apiVersion } = opened;
      if (active && move.baseUrl !== undefined && isSame(active, sealed, fingerprint)) {
        return await refuse(connectionId, at, sameKeysElsewhere(connectionId, move.baseUrl), note);
      }
      if (active && isSame(active, sealed, fingerprint)) {
        const status = await statusOf(store, row);
        // The same keys again: prove them if they are rejected, otherwise do nothing.
        if (row.state === 'refused') return { version: active.version, status };
        return { answer: { connectionId, version: active.version, accepted: true, unchanged: true }, status };
      }

      const keys = {
        ...{ sealed, kid, fingerprint, apiVersion },
        ...(issuedAt !== undefined && { issuedAt: new Date(issuedAt) }),
        ...(move.baseUrl !== undefined && { baseUrl: move.baseUrl }),
      };
      const waitMs = await store.refusedCalls.waitMs(
        connectionId,
        refusalLimit({ inUse: row.activeVersion === undefined }),
      );
      if (waitMs > 0) return await braked(row, waitMs);

      const { version, state, reason } = await store.connections.stage(connectionId, keys);
      if (state === 'pending') return { version, status: await statusOf(store, await requireRow(store, connectionId)) };
      const why = reason === undefined ? '' : ` (${reason})`;
      return await refuse(
        connectionId,
        at,
        `These sealed keys were v${version}, which is ${state}${why}. Seal the new keys anew.`,
        note,
      );
    },

    async 'mimecast.proveRotation'(connectionId, version) {
      const connection = await requireLoaded(store, connectionId);
      const { row } = connection;
      const report = await prove(connection, version);
      const readsAccount = report.account !== undefined || row.accountCode === undefined;
      if (!isJudged(report) || report.authentication !== 'accepted' || readsAccount)
        return rotationVerdict(row, report, 'unknown');
      // Keys that may not read the account do not identify a tenant, unless those in use may not read it either.
      const active = row.activeVersion === undefined ? undefined : await prove(connection, row.activeVersion);
      const activeMayNot = active?.authentication === 'accepted' && active.account === undefined;
      return rotationVerdict(row, report, activeMayNot ? 'neither-reads-account' : 'unknown');
    },

    async 'mimecast.settleRotation'(connectionId, version, proof, at, note) {
      const outcome = outcomeOf(at, version, proof, note);
      const row = await settle(dependencies, connectionId, version, proof, outcome);
      return { answer: answerOf(connectionId, version, proof), status: await statusOf(store, row) };
    },

    async 'mimecast.refuseRotation'(connectionId, reason, at) {
      return (await refuse(connectionId, at, reason)).status;
    },
  };
}

async function settle(
  { store }: ActivityDependencies,
  connectionId: string,
  version: number,
  { verdict, report, reason = '' }: RotationProof,
  outcome: RotationOutcome,
): Promise<ConnectionRow> {
  const { row, now } = await requireLoaded(store, connectionId);
  if (verdict === 'accepted') {
    await store.connections.promote(connectionId, version, acceptedProof(report, now()));
    return await store.connections.recordRotation(connectionId, outcome);
  }
  const { activeVersion } = row;
  if (verdict === 'refused' && activeVersion === undefined) {
    // There are no other keys to try: rejected keys stay stored, as after a first connect.
    await store.connections.refuse(connectionId, version, refusalNote(connectionId, version, report));
  } else if (verdict === 'refused' && version !== activeVersion) {
    return await store.connections.reject(connectionId, version, { ...outcome, reason });
  }
  return await store.connections.recordRotation(connectionId, outcome);
}

function outcomeOf(at: string, version: number, { verdict, reason }: RotationProof, note?: string): RotationOutcome {
  return defined({ at, accepted: verdict === 'accepted', version, reason, note });
}

function answerOf(connectionId: string, version: number, { verdict, report, reason }: RotationProof): RotationReport {
  const accepted = verdict === 'accepted';
  return defined({ connectionId, version, accepted, report, reason });
}

function isSame(
  active: { readonly sealed?: string; readonly fingerprint?: string },
  sealed: string,
  fingerprint: string,
): boolean {
  return active.sealed === sealed || active.fingerprint === fingerprint;
}
