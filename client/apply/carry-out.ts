import type { ConnectionSettings } from '../../model/connection.js';
import type { ResumeRequest } from '../../contract/messages.js';
import type { ConnectionTest, RotationReport, SettingsReport } from '../../contract/reports.js';
import type { SettingsChange } from '../../model/settings.js';
import { MimecastClientError } from '../errors.js';
import type { NewConnectionRequest, RotateRequest } from '../requests.js';
import { settingsChange } from './changes.js';
import type { WantedConnection } from './documents.js';
import type { ActionName, PlannedAction, PlannedConnection } from './plan.js';

/** The result of one action. */
export interface ApplyResult {
  readonly connectionId: string;
  readonly action: ActionName;
  readonly ok: boolean;
  /** The reason for a failure. */
  readonly reason?: string;
  /** Mimecast's answer. Absent when no call was made. */
  readonly report?: ConnectionTest;
}

/** The methods of the client that change connections, as far as `apply` uses them. */
export interface Changes {
  connect(connectionId: string, request: NewConnectionRequest): Promise<ConnectionTest>;
  rotate(connectionId: string, request: RotateRequest): Promise<RotationReport>;
  updateSettings(connectionId: string, change: SettingsChange): Promise<SettingsReport>;
  resume(connectionId: string, request: ResumeRequest): Promise<unknown>;
  disconnect(connectionId: string, note: string): Promise<unknown>;
}

/** One connection with what is to be done about it. */
export interface Task {
  readonly planned: PlannedConnection;
  /** None for a connection that is to be disconnected. */
  readonly wanted?: WantedConnection | undefined;
  /** None for one that is to be connected. */
  readonly before?: ConnectionSettings | undefined;
}

type Outcome = Omit<ApplyResult, 'connectionId' | 'action'>;

const NOTE = 'apply';

/** Does what is planned for one connection. Never throws: one connection that fails must not stop the others. */
export async function carryOut(connections: Changes, task: Task): Promise<ApplyResult[]> {
  const { connectionId, actions } = task.planned;
  const attempt = async (action: PlannedAction): Promise<ApplyResult> => ({
    connectionId,
    action: action.action,
    ...(await attempted(() => perform(connections, task, action))),
  });
  const results: ApplyResult[] = [];
  for (const action of actions) {
    const result = await attempt(action);
    results.push(result);
    // Nothing reaches a connection whose workflow could not be started.
    if (action.action === 'resume-entity' && !result.ok) return results;
  }
  const first = actions.find(({ action }) => action === 'edit' || action === 'rotate');
  return first?.action === 'edit' ? await editAgain(results, () => attempt(first), connectionId) : results;
}

/**
 * A new base URL that was refused with the old keys may be right with the new ones, once those were taken. Where each is
 * refused without the other, nothing more is tried: it would take destroying keys before the new ones are proved.
 */
async function editAgain(
  results: readonly ApplyResult[],
  edit: () => Promise<ApplyResult>,
  connectionId: string,
): Promise<ApplyResult[]> {
  const refused = results.find(({ action, ok }) => action === 'edit' && !ok);
  const rotation = results.find(({ action }) => action === 'rotate');
  if (!refused || !rotation) return [...results];
  const replaced = rotation.ok
    ? await edit()
    : { ...refused, reason: `${refused.reason ?? ''} ${together(connectionId)}` };
  return results.map((result) => (result === refused ? replaced : result));
}

const together = (connectionId: string): string =>
  'The new base URL does not work with the old keys, nor the new keys with the old base URL. If both are right: ' +
  `"temporal-mimecast disconnect ${connectionId}", then apply again; the evidence and the account stay.`;

async function attempted(work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MimecastClientError) return { ok: false, reason: `${error.message} ${error.nextStep}` };
    const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n', 1);
    return { ok: false, reason };
  }
}

async function perform(connections: Changes, task: Task, planned: PlannedAction): Promise<Outcome> {
  const { action } = planned;
  const { connectionId } = task.planned;
  if (action === 'resume-entity') {
    // No stream is named, so no pause of the operator's is lifted.
    await connections.resume(connectionId, { streams: [] });
    return { ok: true };
  }
  if (action === 'disconnect') {
    await connections.disconnect(connectionId, NOTE);
    return { ok: true };
  }
  if (!task.wanted) throw new TypeError(`Nothing says how ${connectionId} should be.`);
  if (action === 'connect') return await connect(connections, task.wanted);
  if (action === 'rotate') return await rotate(connections, task.wanted, planned.baseUrl);
  return await edit(connections, task.wanted, beforeEdit(task));
}

async function connect(connections: Changes, wanted: WantedConnection): Promise<Outcome> {
  const { connectionId, settings, expectedAccount } = wanted;
  const { baseUrl, ...others } = settings;
  const report = await connections.connect(connectionId, {
    ...keysOf(wanted),
    baseUrl,
    settings: { ...others, ...(expectedAccount !== undefined && { expectedAccount }) },
  });
  if (report.ok) return { ok: true, report };
  return { ok: false, reason: report.action ?? `Mimecast's answer: ${report.authentication}.`, report };
}

/** Returns the settings before an edit. A base URL that a rotation sets is not part of the edit. */
function beforeEdit({ planned, before }: Task): ConnectionSettings | undefined {
  const move = planned.actions.find((action) => action.action === 'rotate')?.baseUrl;
  return before && move !== undefined ? { ...before, baseUrl: move } : before;
}

async function rotate(connections: Changes, wanted: WantedConnection, baseUrl: string | undefined): Promise<Outcome> {
  const { accepted, reason, report } = await connections.rotate(wanted.connectionId, {
    ...keysOf(wanted),
    ...(baseUrl !== undefined && { baseUrl }),
    note: NOTE,
  });
  return { ok: accepted, ...(reason !== undefined && { reason }), ...(report && { report }) };
}

async function edit(
  connections: Changes,
  { connectionId, settings }: WantedConnection,
  before: ConnectionSettings | undefined,
): Promise<Outcome> {
  if (!before) throw new TypeError(`Nothing says how ${connectionId} is.`);
  const { accepted, reason, report } = await connections.updateSettings(connectionId, settingsChange(before, settings));
  return { ok: accepted, ...(reason !== undefined && { reason }), ...(report && { report }) };
}

function keysOf({ keys, issuedAt, connectionId }: WantedConnection): RotateRequest {
  if (!keys) throw new TypeError(`There are no keys for ${connectionId}.`);
  const given = 'sealed' in keys ? { sealed: keys.sealed } : { credentials: keys.credentials };
  return { ...given, ...(issuedAt && { issuedAt }) };
}
