import type { IncomingHttpHeaders } from 'node:http';
import {
  appForbidden,
  data,
  expiredBinding,
  forbidden,
  refusal,
  refusedSignature,
  statusAnswer,
  vendorError,
  wrongRegion,
  type Answer,
} from './answers.js';
import { AuditEventsEndpoint } from './audit-events.js';
import { PageTokens } from './page-token.js';
import { RateLimit, type RateLimitState } from './rate-limit.js';
import type { RunningTenant } from './running-tenant.js';
import type { SimulatorSettings } from './settings.js';
import { dateSkewMs, signatureHolds, signedHeaders, type SignedHeaders } from './signature.js';
import { ENDPOINT_PATHS, type SimulatedEndpoint } from './tenant.js';

/** Calls in a window for access keys that nobody has, as recorded traffic shows. */
const STRANGERS_LIMIT = { calls: 5_000, windowMs: 5_000 };

/** One call, as far as the vendor's rules look at it. */
export interface VendorCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Undefined when the body is not a JSON object. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
  readonly nowMs: number;
  readonly repeatToken: boolean;
}

export interface VendorReply {
  readonly answer: Answer;
  readonly rateLimit: RateLimitState['headers'];
}

/** The vendor's rules in the order in which the vendor applies them: quota, signature, application, endpoint, permission. */
export class Vendor {
  readonly tenants: RunningTenant[] = [];
  private readonly rates = new RateLimit();
  private readonly auditEvents = new AuditEventsEndpoint(new PageTokens());

  reply(call: VendorCall, settings: SimulatorSettings): VendorReply {
    const signed = signedHeaders(call.headers);
    const tenant = this.tenants.find((candidate) => candidate.keysWith(signed?.accessKey));
    const limit = tenant === undefined ? STRANGERS_LIMIT : settings.rateLimit;
    const rate = this.rates.count(tenant?.identity ?? 'strangers', limit, call.nowMs);

    const answer = rate.exceeded ? statusAnswer(429) : this.answer(call, signed, tenant, settings);
    return { answer, rateLimit: rate.headers };
  }

  private answer(
    call: VendorCall,
    signed: SignedHeaders | undefined,
    tenant: RunningTenant | undefined,
    settings: SimulatorSettings,
  ): Answer {
    if (call.method !== 'POST') return statusAnswer(405);
    const endpoint = endpointAt(call.path);
    const refused = refuseCaller(call, signed, tenant, settings);
    if (refused !== undefined || tenant === undefined) return refused ?? refusedSignature();
    if (endpoint === undefined) return statusAnswer(404);
    if (call.body === undefined) return statusAnswer(400);

    const access = tenant.accessTo(endpoint);
    if (access === 'missing') return statusAnswer(404);
    if (access === 'app-forbidden') return appForbidden();
    if (access === 'forbidden') return forbidden();
    if (access === 'wrong-region') return wrongRegion();
    if (endpoint === 'audit-events') return this.auditPage(call, call.body, tenant, settings);
    return data(endpoint === 'account' ? tenant.data.account.map(shufflePackages) : tenant.data[endpoint]);
  }

  private auditPage(
    { nowMs, repeatToken }: VendorCall,
    body: Readonly<Record<string, unknown>>,
    tenant: RunningTenant,
    settings: SimulatorSettings,
  ): Answer {
    const { auditLog: log, identity } = tenant;
    return this.auditEvents.answer({ identity, log, body, settings, nowMs, repeatToken });
  }
}

function endpointAt(path: string): SimulatedEndpoint | undefined {
  const found = Object.entries(ENDPOINT_PATHS).find(([, known]) => known === path);
  return found?.[0] as SimulatedEndpoint | undefined;
}

/** One code for a wrong application key, access key and secret key, as at the vendor; the application id has its own. */
function refuseCaller(
  { path, nowMs }: VendorCall,
  signed: SignedHeaders | undefined,
  tenant: RunningTenant | undefined,
  settings: SimulatorSettings,
): Answer | undefined {
  if (signed === undefined || tenant === undefined) return refusedSignature();
  const skewMs = dateSkewMs(signed.date, nowMs + settings.clockSkewMs);
  if (skewMs === undefined || Math.abs(skewMs) > (settings.maxDateSkewMs ?? Infinity)) return refusedSignature();
  const keys = tenant.keysWith(signed.accessKey);
  if (keys === undefined || !signatureHolds(signed, path, keys)) return refusedSignature();
  if (tenant.expired) return expiredBinding();
  if (signed.applicationId !== keys.applicationId) return refusal([vendorError('err_developer_key')]);
  return undefined;
}

/** The vendor lists a tenant's packages in another order on each call. */
function shufflePackages(account: unknown): unknown {
  const { packages, ...rest } = account as Record<string, unknown>;
  if (!Array.isArray(packages)) return account;
  const from = Math.floor(Math.random() * packages.length);
  return { ...rest, packages: [...(packages as unknown[]).slice(from), ...(packages as unknown[]).slice(0, from)] };
}
