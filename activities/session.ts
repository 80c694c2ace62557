import { ApplicationFailure } from '@temporalio/common';
import type { ConnectionRow, ConnectionSettings, CredentialVersion } from '../evidence/connection.js';
import type { MimecastApi } from '../mimecast/api.js';
import { createMimecastApi } from '../mimecast/api.js';
import { parseCredentials } from '../mimecast/credentials.js';
import { MimecastAuthenticationError } from '../mimecast/errors.js';
import { hmacAuthenticator } from '../mimecast/hmac-authenticator.js';
import type { RateBudget } from '../mimecast/rate-budget.js';
import { createRateBudget } from '../mimecast/rate-budget.js';
import { parseBaseUrl } from '../mimecast/regions.js';
import { unsealCredentials } from '../vault/unsealing.js';
import type { ActivityDependencies } from './dependencies.js';

/** One activity attempt's access to Mimecast for one connection. The keys live no longer than the attempt. */
export interface Session {
  readonly row: ConnectionRow;
  /** Whose keys they are, and which version of them the newest call was made with. */
  readonly keys: KeysInUse;
  /** Makes a call. When the keys are refused and a rotation has replaced them meanwhile, it is made again with the new ones. */
  call<T>(make: (api: MimecastApi) => Promise<T>): Promise<T>;
}

export interface KeysInUse {
  readonly connectionId: string;
  readonly version: number;
}

export interface Sessions {
  /** A session with the connection's active keys. */
  open(row: ConnectionRow): Promise<Session>;
  /** Access with one version of the keys, whatever its state. */
  openVersion(row: ConnectionRow, version: number): Promise<MimecastApi>;
}

/** Sessions of one worker. All sessions of a connection share one rate budget, because the vendor counts them together. */
export function createSessions(dependencies: ActivityDependencies): Sessions {
  const { store } = dependencies;
  const budgets = new Map<string, RateBudget>();

  const budgetOf = (connectionId: string): RateBudget => {
    const budget = budgets.get(connectionId) ?? createRateBudget({ now: dependencies.now });
    budgets.set(connectionId, budget);
    return budget;
  };

  const apiWith = async (row: ConnectionRow, keys: CredentialVersion): Promise<MimecastApi> =>
    await openApi(dependencies, row.settings, keys, budgetOf(row.connectionId));

  return {
    async openVersion(row, version) {
      const keys = await store.connections.credentials(row.connectionId, version);
      if (!keys) throw noKeys(row.connectionId);
      return await apiWith(row, keys);
    },

    async open(row) {
      let keys = await activeKeys(dependencies, row.connectionId);
      let api = await apiWith(row, keys);
      return {
        row,
        get keys() {
          return { connectionId: row.connectionId, version: keys.version };
        },
        async call(make) {
          try {
            return await make(api);
          } catch (error) {
            if (!(error instanceof MimecastAuthenticationError)) throw error;
            const newest = await activeKeys(dependencies, row.connectionId);
            if (newest.version === keys.version) throw error;
            keys = newest;
            api = await apiWith(row, keys);
            return await make(api);
          }
        },
      };
    },
  };
}

async function activeKeys({ store }: ActivityDependencies, connectionId: string): Promise<CredentialVersion> {
  const keys = await store.connections.activeCredentials(connectionId);
  if (!keys) throw noKeys(connectionId);
  return keys;
}

async function openApi(
  { keyring, dispatcher, now, allowLoopback }: ActivityDependencies,
  settings: ConnectionSettings,
  keys: CredentialVersion,
  budget: RateBudget,
): Promise<MimecastApi> {
  if (keys.sealed === undefined) throw noKeys(keys.connectionId);
  const credentials = parseCredentials(await unsealCredentials(keyring, keys.connectionId, keys.sealed));
  return createMimecastApi({
    baseUrl: parseBaseUrl(settings.baseUrl, { allowLoopback }),
    authenticator: hmacAuthenticator(credentials, now),
    dispatcher,
    budget,
    now,
  });
}

function noKeys(connectionId: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${connectionId} has no keys that Mimecast accepted. No call was made. Give it the right ones, then poll again.`,
    'MimecastAuthenticationError',
  );
}
