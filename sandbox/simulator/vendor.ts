import type { IncomingHttpHeaders } from 'node:http';
import {
  appForbidden,
  data,
  expiredBinding,
  forbidden,
  gatewayError,
  refusal,
  refusedSignature,
  statusAnswer,
  vendorError,
  wrongRegion,
  type Answer,
} from './answers.js';
import { LogEndpoint } from './log-endpoint.js';
import { LOG_FORMS } from './log-forms.js';
import { bearerToken, clientIdIn, refuseToken, TOKEN_PATH, tokenAnswer } from './oauth.js';
import { PageTokens } from './page-token.js';
import { RateLimit, type RateLimitState } from './rate-limit.js';
import type { RunningTenant } from './running-tenant.js';
import type { SimulatorSettings } from './settings.js';
import { dateSkewMs, isValidSignature, signedHeaders, type SignedHeaders } from './signature.js';
import { ENDPOINT_PATHS, type SimulatedEndpoint, type SimulatedLog, type SimulatedStatistics } from './tenant.js';

/** Rate limit for unknown access keys, as in recorded traffic. */
const STRANGERS_LIMIT = { calls: 5_000, windowMs: 5_000 };

/** The parts of a call that the vendor's rules read. */
export interface VendorCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The body as received. */
  readonly text: string;
  /** Undefined when the body is not a JSON object. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
  readonly nowMs: number;
  readonly repeatToken: boolean;
}

export interface VendorReply {
  readonly answer: Answer;
  readonly rateLimit: RateLimitState['headers'];
}

/**
 * Applies the vendor's rules in the vendor's order: quota, then signature and application (API 1.0) or token (API 2.0), then
 * endpoint and permission.
 */
export class Vendor {
  readonly tenants: RunningTenant[] = [];
  private readonly rates = new RateLimit();
  private readonly logs = new LogEndpoint(new PageTokens());

  /** Returns the tenant of a call's token, also of an expired one. */
  bearerOf(headers: IncomingHttpHeaders): RunningTenant | undefined {
    const token = bearerToken(headers);
    return token === undefined ? undefined : this.tenants.find(({ tokens }) => tokens.knows(token));
  }

  reply(call: VendorCall, settings: SimulatorSettings): VendorReply {
    const caller = this.callerOf(call, settings);
    const limit = caller.tenant === undefined ? STRANGERS_LIMIT : settings.rateLimit;
    const rate = this.rates.count(caller.tenant?.identity ?? 'strangers', limit, call.nowMs);

    const answer = rate.exceeded ? statusAnswer(429) : this.answer(call, caller, settings);
    return { answer, rateLimit: rate.headers };
  }

  private callerOf({ path, headers, text }: VendorCall, { apiVersions }: SimulatorSettings): Caller {
    const serves2 = apiVersions.includes('2.0');
    if (serves2 && path === TOKEN_PATH) {
      const clientId = clientIdIn(text);
      return { tenant: this.tenants.find(({ client }) => client.clientId === clientId) };
    }
    const token = bearerToken(headers);
    if (serves2 && token !== undefined) return { token, tenant: this.bearerOf(headers) };
    const signed = signedHeaders(headers);
    return { signed, tenant: this.tenants.find((candidate) => candidate.keysWith(signed?.accessKey)) };
  }

  private answer(call: VendorCall, caller: Caller, settings: SimulatorSettings): Answer {
    const { path, nowMs } = call;
    const { tenant } = caller;
    const endpoint = endpointAt(path);
    const statistics = isStatistics(endpoint);
    if (call.method !== (statistics ? 'GET' : 'POST')) return statusAnswer(405);
    if (path === TOKEN_PATH && settings.apiVersions.includes('2.0')) {
      const contentType = call.headers['content-type'];
      return tokenAnswer({ contentType, text: call.text, nowMs }, this.tenants, settings.tokenLifeS);
    }
    const refused = refuseCaller(call, caller, settings);
    if (refused !== undefined || tenant === undefined) return refused ?? refusedSignature();
    if (endpoint === undefined) return caller.token === undefined ? statusAnswer(404) : appForbidden();
    if (call.body === undefined && !statistics) return statusAnswer(400);

    const access = tenant.accessTo(endpoint);
    if (access === 'missing') return statusAnswer(404);
    if (access === 'app-forbidden') return appForbidden();
    if (access === 'forbidden') return forbidden();
    if (access === 'wrong-region') return wrongRegion();
    if (isStatistics(endpoint)) return data(tenant.statistics[endpoint] ?? []);
    if (isLog(endpoint)) return this.page(endpoint, call, tenant, settings);
    return data(endpoint === 'account' ? tenant.data.account.map(shufflePackages) : tenant.data[endpoint]);
  }

  private page(
    endpoint: SimulatedLog,
    { nowMs, repeatToken, body = {} }: VendorCall,
    tenant: RunningTenant,
    settings: SimulatorSettings,
  ): Answer {
    const identity = `${tenant.identity} ${endpoint}`;
    const form = LOG_FORMS[endpoint];
    return this.logs.answer({ identity, form, log: tenant.logs[endpoint], body, settings, nowMs, repeatToken });
  }
}

const isLog = (endpoint: SimulatedEndpoint): endpoint is SimulatedLog => Object.hasOwn(LOG_FORMS, endpoint);

const isStatistics = (endpoint: SimulatedEndpoint | undefined): endpoint is SimulatedStatistics =>
  endpoint?.startsWith('stats-') ?? false;

function endpointAt(path: string): SimulatedEndpoint | undefined {
  const found = Object.entries(ENDPOINT_PATHS).find(([, known]) => known === path);
  return found?.[0] as SimulatedEndpoint | undefined;
}

/** The caller, and its proof of identity. */
interface Caller {
  readonly tenant: RunningTenant | undefined;
  readonly signed?: SignedHeaders | undefined;
  readonly token?: string;
}

/** Checks the caller, as each API version does. */
function refuseCaller(call: VendorCall, caller: Caller, settings: SimulatorSettings): Answer | undefined {
  if (caller.token !== undefined) return refuseToken(caller.token, caller.tenant, call.nowMs);
  return settings.apiVersions.includes('1.0') ? refuseSigner(call, caller, settings) : gatewayError('unauthorized');
}

/**
 * Checks a signed call. As at the vendor, a wrong application key, access key or secret key gives the same code; the
 * application id has its own.
 */
function refuseSigner(
  { path, nowMs }: VendorCall,
  { signed, tenant }: Caller,
  settings: SimulatorSettings,
): Answer | undefined {
  if (signed === undefined || tenant === undefined) return refusedSignature();
  const skewMs = dateSkewMs(signed.date, nowMs + settings.clockSkewMs);
  if (skewMs === undefined || Math.abs(skewMs) > (settings.maxDateSkewMs ?? Infinity)) return refusedSignature();
  const keys = tenant.keysWith(signed.accessKey);
  if (keys === undefined || !isValidSignature(signed, path, keys)) return refusedSignature();
  if (tenant.expired) return expiredBinding();
  if (signed.applicationId !== keys.applicationId) return refusal([vendorError('err_developer_key')]);
  return undefined;
}

/** Shuffles the packages: the vendor returns them in a different order on each call. */
function shufflePackages(account: unknown): unknown {
  const { packages, ...rest } = account as Record<string, unknown>;
  if (!Array.isArray(packages)) return account;
  const from = Math.floor(Math.random() * packages.length);
  return { ...rest, packages: [...(packages as unknown[]).slice(from), ...(packages as unknown[]).slice(0, from)] };
}
