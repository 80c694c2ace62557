import type { ConnectionSettings } from '../../model/connection.js';
import { dayOf } from '../../model/time.js';
import { apiVersionAt } from '../../mimecast/regions.js';
import type { ListedConnection } from '../reports.js';
import { fieldChanges, type FieldChange } from './changes.js';
import type { WantedConnection } from './documents.js';
import type { ApplyProblem } from './problems.js';

/** The changes that make the connections what the documents describe. JSON, without secrets. */
export interface ApplyPlan {
  /** Sorted by id. Includes connections without changes. */
  readonly connections: readonly PlannedConnection[];
  /** Ids of running connections that no document contains. They are not changed. */
  readonly unmanaged: readonly string[];
}

/** Planned actions of `apply` for one connection. */
export interface PlannedConnection {
  readonly connectionId: string;
  /** In the order in which they are executed. Empty when the connection is up to date. */
  readonly actions: readonly PlannedAction[];
  /** Information that needs no action by `apply`. */
  readonly notes?: readonly string[];
  /** True when its keys were not read, so that a rotation may be missing from the actions. */
  readonly keysUnknown?: true;
}

/** One change of a connection that `apply` will make. */
export type PlannedAction =
  | {
      readonly action: 'connect';
      readonly baseUrl: string;
      /** The id was connected before: its evidence log continues. */
      readonly again: boolean;
    }
  /** The connection lives and its workflow is gone: it is started again from the connection's row. */
  | { readonly action: 'resume-entity' }
  /**
   * `replaces`: the version of the keys that are in use. `baseUrl`: the new base URL, with keys of another
   * API version.
   */
  | { readonly action: 'rotate'; readonly replaces?: number; readonly baseUrl?: string }
  | { readonly action: 'edit'; readonly changes: readonly FieldChange[] }
  | { readonly action: 'disconnect' };

type RotateAction = Extract<PlannedAction, { readonly action: 'rotate' }>;

/** The kinds of actions. */
export type ActionName = PlannedAction['action'];

/** Which connections `apply` plans for, and what it may do to them. */
export interface PlanOptions {
  /** Only these connections; all when there are none. */
  readonly only?: readonly string[] | undefined;
  /** Disconnect what is in no document. */
  readonly prune?: boolean | undefined;
  /** By connection id: the reason why its keys were not read, as a sentence. For a dry run only. */
  readonly unfetchedKeys?: ReadonlyMap<string, string> | undefined;
}

/** Compares documents with existing connections. An impossible change is a problem, and a plan with problems has no actions. */
export function planApply(
  wanted: readonly WantedConnection[],
  existing: readonly ListedConnection[],
  { only, prune = false, unfetchedKeys = new Map() }: PlanOptions = {},
): { plan: ApplyPlan; problems: ApplyProblem[] } {
  const concerns = (connectionId: string): boolean => only === undefined || only.includes(connectionId);
  const found = new Map(existing.map((connection) => [connection.connectionId, connection]));
  const inDocuments = new Set(wanted.map(({ connectionId }) => connectionId));

  const planned = wanted
    .filter(({ connectionId }) => concerns(connectionId))
    .map((connection) =>
      planConnection(connection, found.get(connection.connectionId), unfetchedKeys.get(connection.connectionId)),
    );
  const others = existing
    .filter(({ connectionId, state }) => isLive(state) && !inDocuments.has(connectionId) && concerns(connectionId))
    .sort(byId);
  const pruned = prune ? others.map(planDisconnect) : [];

  const connections = [...planned.map((one) => one.planned), ...pruned].sort(byId);
  return {
    plan: { connections, unmanaged: prune ? [] : others.map(({ connectionId }) => connectionId) },
    problems: planned.flatMap(({ problems }) => problems),
  };
}

interface Planned {
  readonly planned: PlannedConnection;
  readonly problems: readonly ApplyProblem[];
}

/** @param unfetched reason why the keys were not read; undefined when they were */
function planConnection(wanted: WantedConnection, existing: ListedConnection | undefined, unfetched?: string): Planned {
  const { planned, problems } = planKnown(wanted, existing, unfetched !== undefined);
  if (unfetched === undefined) return { planned, problems };
  return { planned: { ...planned, notes: [...(planned.notes ?? []), unfetched], keysUnknown: true }, problems };
}

function planKnown(wanted: WantedConnection, existing: ListedConnection | undefined, keysUnknown: boolean): Planned {
  const { connectionId } = wanted;
  if (!existing || !isLive(existing.state)) return planConnect(wanted, existing, keysUnknown);
  const { settings } = existing;
  if (!settings) {
    const notes = ['It is just being started: apply again in a moment.'];
    return { planned: { connectionId, actions: [], notes }, problems: [] };
  }
  const crosses = crossesApiVersions(wanted, settings);
  // Keys for another API version are always new.
  const rotation = keysUnknown && crosses ? [rotationOf(existing)] : planRotation(wanted, existing);
  const changes =
    crosses && rotation.length > 0
      ? planCrossing(rotation, wanted, settings)
      : inOrder(rotation, planEdit(wanted, settings), settings, wanted);
  const actions: PlannedAction[] = [...planResume(existing), ...changes];
  const notes = notesOn(wanted, existing, actions);
  return {
    planned: { connectionId, actions, ...(notes.length > 0 && { notes }) },
    problems: [
      ...accountProblems(wanted, existing, settings),
      ...(crosses && rotation.length === 0 ? [keysMissing(wanted, settings)] : []),
    ],
  };
}

/** Returns true when a new base URL serves another API version than the one that the keys in use are for. */
function crossesApiVersions({ settings, keys }: WantedConnection, before: ConnectionSettings): boolean {
  if (settings.baseUrl === before.baseUrl) return false;
  const known = keys && 'apiVersion' in keys ? keys.apiVersion : undefined;
  const wanted = known ?? apiVersionAt(settings.baseUrl) ?? before.apiVersion;
  return wanted !== before.apiVersion;
}

/** Neither the old keys work at the new place nor the new ones at the old: both change in one rotation, and the rest after it. */
function planCrossing(
  rotation: readonly RotateAction[],
  wanted: WantedConnection,
  before: ConnectionSettings,
): PlannedAction[] {
  const { baseUrl } = wanted.settings;
  return [...rotation.map((action) => ({ ...action, baseUrl })), ...planEdit(wanted, { ...before, baseUrl })];
}

function keysMissing(wanted: WantedConnection, { apiVersion }: ConnectionSettings): ApplyProblem {
  const message = `serves another generation of the API than the keys in use are for (${apiVersion}): give new keys with it`;
  return problemAt(wanted, ['baseUrl'], message);
}

function planConnect(wanted: WantedConnection, existing: ListedConnection | undefined, keysUnknown: boolean): Planned {
  const { connectionId, settings, keys = keysUnknown } = wanted;
  const action: PlannedAction = { action: 'connect', baseUrl: settings.baseUrl, again: existing !== undefined };
  const problems = [
    ...(keys ? [] : [problemAt(wanted, [], 'is not connected yet, so it needs keys')]),
    ...pinnedProblems(wanted, existing),
  ];
  return { planned: { connectionId, actions: [action] }, problems };
}

function planDisconnect(existing: ListedConnection): PlannedConnection {
  return { connectionId: existing.connectionId, actions: [...planResume(existing), { action: 'disconnect' }] };
}

const planResume = ({ workflowMissing }: ListedConnection): PlannedAction[] =>
  workflowMissing === true ? [{ action: 'resume-entity' }] : [];

/**
 * Keys are known again by their fingerprint, or, where sealed ones carry none, by their text. Keys that were rejected are
 * not held any more, so giving them once more is asking for another try.
 */
function planRotation({ keys }: WantedConnection, existing: ListedConnection): RotateAction[] {
  if (!keys) return [];
  const { credentials } = existing;
  if (!credentials) return [rotationOf(existing)];
  const { state, fingerprint, sealedDigest } = credentials;
  const isHeld = state === 'active' || state === 'pending';
  const isSame =
    (keys.fingerprint !== undefined && keys.fingerprint === fingerprint) ||
    ('digest' in keys && keys.digest === sealedDigest);
  return isHeld && isSame ? [] : [rotationOf(existing)];
}

function rotationOf({ credentials }: ListedConnection): RotateAction {
  return credentials ? { action: 'rotate', replaces: credentials.version } : { action: 'rotate' };
}

function planEdit({ settings }: WantedConnection, before: ConnectionSettings): PlannedAction[] {
  const changes = fieldChanges(before, settings);
  return changes.length === 0 ? [] : [{ action: 'edit', changes }];
}

/**
 * Returns the actions in the order of execution. Each change is tested with a call before it is accepted: new keys at the
 * current base URL, a new base URL with the keys in use. So the order matters when both change:
 *
 * - Usually the keys come first: a changed path may fail its test because of the old keys.
 * - With a new base URL of the same API version the settings come first. If the old keys work there, this is enough. If they
 *   do not, nothing is lost, and the new keys are tested at the old base URL. In the other order, sealed keys that the old
 *   base URL rejects would be rejected for good before a call to the new one.
 */
function inOrder(
  rotation: readonly PlannedAction[],
  edit: readonly PlannedAction[],
  before: ConnectionSettings,
  { settings }: WantedConnection,
): PlannedAction[] {
  return settings.baseUrl === before.baseUrl ? [...rotation, ...edit] : [...edit, ...rotation];
}

function accountProblems(
  wanted: WantedConnection,
  existing: ListedConnection,
  settings: ConnectionSettings,
): ApplyProblem[] {
  const { connectionId, expectedAccount } = wanted;
  if (existing.account) return pinnedProblems(wanted, existing);
  if (expectedAccount === undefined || expectedAccount === settings.expectedAccount) return [];
  const was = settings.expectedAccount === undefined ? 'without one' : `with ${settings.expectedAccount}`;
  const message =
    `is ${expectedAccount}, but it was connected ${was}, and Mimecast has confirmed no account yet. ` +
    `It belongs to the keys: "temporal-mimecast disconnect ${connectionId}", then apply again`;
  return [problemAt(wanted, ['expectedAccount'], message)];
}

/** The account is pinned for as long as there is evidence of it: disconnecting does not lift that. */
function pinnedProblems(wanted: WantedConnection, existing: ListedConnection | undefined): ApplyProblem[] {
  const { connectionId, expectedAccount } = wanted;
  const account = existing?.account;
  if (!account || expectedAccount === undefined || expectedAccount === account.code) return [];
  const message =
    `is ${expectedAccount}, but ${connectionId} holds evidence of ${account.code}. ` +
    'Use another connection id, or the right account';
  return [problemAt(wanted, ['expectedAccount'], message)];
}

function notesOn(
  { keys, issuedAt }: WantedConnection,
  { state, credentials }: ListedConnection,
  actions: readonly PlannedAction[],
): string[] {
  if (!keys || actions.some(({ action }) => action === 'rotate')) return [];
  const issued = issuedAt?.toISOString();
  return [
    ...(state === 'refused' ? ['Its keys are refused, and the document holds the same ones.'] : []),
    ...(issued === undefined || !credentials || issued === credentials.issuedAt
      ? []
      : [`issuedAt counts when keys are taken into use: for these it stays ${dayOf(credentials.issuedAt)}.`]),
  ];
}

function problemAt(
  { connectionId, document }: WantedConnection,
  path: readonly string[],
  message: string,
): ApplyProblem {
  return { document, path: ['connections', connectionId, ...path], message };
}

const isLive = (state: ListedConnection['state']): boolean => state !== 'disconnected' && state !== 'disconnecting';

const byId = (a: Identified, b: Identified): number => (a.connectionId < b.connectionId ? -1 : 1);

interface Identified {
  readonly connectionId: string;
}
