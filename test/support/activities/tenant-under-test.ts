import { onTestFinished } from 'vitest';
import type { ConnectionRow, ConnectionSettings } from '../../../model/connection.js';
import { createMimecastApi, type ApiLimits, type MimecastApi } from '../../../mimecast/api.js';
import { hmacAuthenticator } from '../../../mimecast/hmac-authenticator.js';
import { oauthAuthenticator } from '../../../mimecast/oauth-authenticator.js';
import { createRateBudget } from '../../../mimecast/rate-budget.js';
import { createTokenCache } from '../../../mimecast/token-cache.js';
import { createDispatcher } from '../../../mimecast/transport.js';
import {
  believableTenant,
  startSimulator,
  type BelievableTenant,
  type BelievableTenantOptions,
  type ClientKeys,
  type RunningTenant,
  type Simulator,
  type SimulatorOptions,
  type TenantKeys,
} from '../../../sandbox/index.js';
import { defaultSettings } from '../../../model/settings.js';

/** Calls of one region, which ends with its test. */
export async function startRegion(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator(options);
  onTestFinished(() => simulator.stop());
  return simulator;
}

/** Events up to now, so that the last day has some. */
export const tenantOf = (options: BelievableTenantOptions = {}): BelievableTenant =>
  believableTenant({ events: 300, ...options });

export interface Reached {
  readonly simulator: Simulator;
  readonly tenant: BelievableTenant;
  readonly running: RunningTenant;
  readonly row: ConnectionRow;
  readonly api: MimecastApi;
}

export interface ReachOptions extends SimulatorOptions {
  readonly tenant?: BelievableTenant;
  /** Keys that differ from the tenant's. */
  readonly keys?: Partial<TenantKeys>;
  readonly row?: Partial<ConnectionRow>;
  readonly settings?: Partial<ConnectionSettings>;
  readonly limits?: Partial<ApiLimits>;
}

/** A tenant at a simulator of its own, a connection to it as its row says, and access with its keys. */
export async function reach(options: ReachOptions = {}): Promise<Reached> {
  const { tenant = tenantOf(), keys, row, settings, limits, ...behaviour } = options;
  const simulator = await startRegion({ ...behaviour, tenants: [] });
  const running = simulator.addTenant(tenant);
  const api = apiFor(simulator.url, { ...tenant.keys, ...keys }, limits);
  return { simulator, tenant, running, api, row: rowFor(simulator.url, row, settings) };
}

export function apiFor(baseUrl: string, keys: TenantKeys, limits: Partial<ApiLimits> = {}): MimecastApi {
  const dispatcher = createDispatcher();
  onTestFinished(() => dispatcher.destroy());
  const now = (): Date => new Date();
  return createMimecastApi({
    baseUrl,
    allowLoopback: true,
    authenticator: hmacAuthenticator(keys, now),
    dispatcher,
    budget: createRateBudget({ now }),
    now,
    limits: { secondLookMs: 1, ...limits },
  });
}

/** Access with the tenant's keys of API 2.0. */
export function apiWithToken(baseUrl: string, client: ClientKeys, limits: Partial<ApiLimits> = {}): MimecastApi {
  const authenticator = oauthAuthenticator(
    client,
    createTokenCache(() => new Date()),
    'acme v1',
  );
  return { ...apiFor(baseUrl, NO_KEYS, limits), authenticator };
}

const NO_KEYS: TenantKeys = { applicationId: '', applicationKey: '', accessKey: '', secretKey: '' };

export function rowFor(
  baseUrl: string,
  row: Partial<ConnectionRow> = {},
  settings: Partial<ConnectionSettings> = {},
): ConnectionRow {
  return {
    connectionId: 'acme',
    generation: 1,
    state: 'connected',
    settings: { ...defaultSettings(baseUrl), ...settings },
    pauses: {},
    activeVersion: 1,
    createdAt: new Date(0),
    updatedAt: new Date(0),
    ...row,
  };
}

/** A base URL at which nobody listens. */
export async function nobody(): Promise<string> {
  const { url, stop } = await startSimulator().then((simulator) => ({
    url: simulator.url,
    stop: () => simulator.stop(),
  }));
  await stop();
  return url;
}
