import { ApplicationFailure } from '@temporalio/common';
import type { ConnectionRow, CredentialVersion } from '../model/connection.js';
import type { MimecastApi } from '../mimecast/api.js';
import { createMimecastApi } from '../mimecast/api.js';
import type { Authenticator } from '../mimecast/authenticator.js';
import { isApiV2, parseCredentials } from '../mimecast/credentials.js';
import { MimecastAuthenticationError } from '../mimecast/errors.js';
import { hmacAuthenticator } from '../mimecast/hmac-authenticator.js';
import { oauthAuthenticator } from '../mimecast/oauth-authenticator.js';
import type { RateBudget } from '../mimecast/rate-budget.js';
import { createRateBudget } from '../mimecast/rate-budget.js';
import { parseBaseUrl } from '../mimecast/regions.js';
import { createTokenCache, type TokenCache } from '../mimecast/token-cache.js';
import type { Clock } from '../evidence/database/clock.js';
import type { LoadedConnection } from '../evidence/database/connection-row.js';
import { unsealCredentials } from '../vault/unsealing.js';
import type { ActivityDependencies } from './dependencies.js';
import { createRefusalGuards } from './refusal-guard.js';
import { steadyTime } from './steady-time.js';

/** Access of one activity attempt to Mimecast for one connection. The keys live no longer than the attempt. */
export interface Session {
  readonly row: ConnectionRow;
  /** The connection, and the version of its keys that the newest call used. */
  readonly keys: KeysInUse;
  /**
   * Makes a call. When the keys are rejected and a rotation has replaced them meanwhile, the call is repeated with
   * the new ones.
   */
  call<T>(make: (api: MimecastApi) => Promise<T>): Promise<T>;
}

export interface KeysInUse {
  readonly connectionId: string;
  readonly version: number;
}

export interface Sessions {
  /**
   * Opens a session with the connection's active keys.
   *
   * @param connection the row, and the clock that signs and dates
   * @param use a backfill uses at most half of the calls that Mimecast allows, so that polls always find some left
   */
  open(connection: LoadedConnection, use?: SessionUse): Promise<Session>;
  /**
   * Opens access with one version of the keys, in any state, at the base URL that belongs to it.
   *
   * @param baseUrl another base URL
   */
  openVersion(connection: LoadedConnection, version: number, baseUrl?: string): Promise<OpenedVersion>;
}

export type SessionUse = 'poll' | 'backfill';

/** The largest part of a connection's calls that backfills use. */
const BACKFILL_PART = 0.5;

export interface OpenedVersion {
  readonly api: MimecastApi;
  /** The connection with these keys in use. */
  readonly row: ConnectionRow;
}

/**
 * Creates the sessions of one worker. All sessions of a connection share one rate budget, because the vendor counts
 * them together, and the tokens of API 2.0, because each lives for half an hour.
 */
export function createSessions(dependencies: ActivityDependencies): Sessions {
  const { store } = dependencies;
  const budgets = new Map<string, Readonly<Record<SessionUse, RateBudget>>>();
  const tokens = createTokenCache(steadyTime);
  const guardOf = createRefusalGuards(store.refusedCalls);

  const budgetsOf = (connectionId: string): Readonly<Record<SessionUse, RateBudget>> => {
    const known = budgets.get(connectionId);
    if (known) return known;
    const whole = createRateBudget({ now: steadyTime });
    const made = { poll: whole, backfill: whole.share(BACKFILL_PART) };
    budgets.set(connectionId, made);
    return made;
  };

  const apiWith = async (
    { row, now }: LoadedConnection,
    keys: CredentialVersion,
    use: SessionUse = 'poll',
    shared = false,
  ): Promise<MimecastApi> => {
    const { activeVersion = keys.version } = row;
    const { connectionId, version } = keys;
    const { dispatcher, allowLoopback } = dependencies;
    return createMimecastApi({
      baseUrl: parseBaseUrl(row.settings.baseUrl, { allowLoopback }),
      allowLoopback,
      authenticator: await openAuthenticator(dependencies, keys, tokens, now),
      dispatcher,
      budget: budgetsOf(row.connectionId)[use],
      now,
      clock: `Postgres (${store.where})`,
      guard: guardOf({ connectionId, version, inUse: activeVersion === version, shared }),
    });
  };

  /** Returns the active keys and the row that they belong to: a rotation may have changed both since a row was read. */
  const inUse = async (
    { row, now }: LoadedConnection,
    use: SessionUse | undefined,
  ): Promise<{ readonly keys: CredentialVersion; readonly api: MimecastApi }> => {
    const keys = await activeKeys(dependencies, row.connectionId);
    const current = row.activeVersion === keys.version ? row : await store.connections.read(row.connectionId);
    return { keys, api: await apiWith({ row: current ?? row, now }, keys, use, true) };
  };

  return {
    async openVersion({ row, now }, version, baseUrl) {
      const keys = await store.connections.credentials(row.connectionId, version);
      if (!keys) throw noKeys(row.connectionId);
      const placed = rowWith(row, keys, baseUrl);
      return { api: await apiWith({ row: placed, now }, keys), row: placed };
    },

    async open(connection, use) {
      const { row } = connection;
      let current = await inUse(connection, use);
      return {
        row,
        get keys() {
          return { connectionId: row.connectionId, version: current.keys.version };
        },
        async call(make) {
          const used = current;
          try {
            return await make(used.api);
          } catch (error) {
            if (!(error instanceof MimecastAuthenticationError)) throw error;
            const newest = await inUse(connection, use);
            if (newest.keys.version === used.keys.version) throw error;
            current = newest;
            return await make(newest.api);
          }
        },
      };
    },
  };
}

/**
 * Returns a connection's row with one version of its keys in use. A pending version may belong to another base URL
 * than the connection's.
 */
function rowWith(row: ConnectionRow, keys: CredentialVersion, baseUrl?: string): ConnectionRow {
  const { settings } = row;
  const own = keys.state === 'pending' ? keys.baseUrl : undefined;
  return {
    ...row,
    settings: { ...settings, apiVersion: keys.apiVersion, baseUrl: baseUrl ?? own ?? settings.baseUrl },
  };
}

async function activeKeys({ store }: ActivityDependencies, connectionId: string): Promise<CredentialVersion> {
  const keys = await store.connections.activeCredentials(connectionId);
  if (!keys) throw noKeys(connectionId);
  return keys;
}

async function openAuthenticator(
  { keyring }: ActivityDependencies,
  { connectionId, version, sealed }: CredentialVersion,
  tokens: TokenCache,
  now: Clock,
): Promise<Authenticator> {
  if (sealed === undefined) throw noKeys(connectionId);
  const credentials = parseCredentials(await unsealCredentials(keyring, connectionId, sealed));
  if (!isApiV2(credentials)) return hmacAuthenticator(credentials, now);
  return oauthAuthenticator(credentials, tokens, `${connectionId} v${version}`);
}

function noKeys(connectionId: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${connectionId} has no keys that Mimecast accepted. No call was made. Give it the right ones, then poll again.`,
    'MimecastAuthenticationError',
  );
}
