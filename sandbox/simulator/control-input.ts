import { z } from 'zod';
import { HOUR_MS } from '../../model/time.js';
import { ENDPOINT_PATHS, type SimulatedEndpoint } from './tenant.js';

/** Schemas of the control interface. Unknown names are rejected: a fault that is silently ignored would prove nothing. */

const whole = z.int().min(0);
const status = z.int().min(100).max(599);

const fault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('status'), status }),
  z.strictObject({ kind: z.literal('too-many-requests'), resetMs: whole }),
  z.strictObject({
    kind: z.literal('fail'),
    code: z.string(),
    message: z.string().exactOptional(),
    field: z.string().exactOptional(),
    retryable: z.boolean().exactOptional(),
  }),
  z.strictObject({ kind: z.literal('meta-status'), status }),
  z.strictObject({ kind: z.literal('gateway'), code: z.string(), status: status.exactOptional() }),
  z.strictObject({ kind: z.literal('html'), status }),
  z.strictObject({ kind: z.literal('redirect'), location: z.string() }),
  z.strictObject({ kind: z.literal('delay'), delayMs: whole }),
  z.strictObject({ kind: z.literal('date'), skewMs: z.int() }),
  z.strictObject({
    kind: z.literal([
      'without-data',
      'empty-body',
      'app-forbidden',
      'reset',
      'hang',
      'hold',
      'token-refused',
      'token-repeated',
      'truncated-json',
      'reset-in-body',
    ]),
  }),
]);

export const faultRule = z.strictObject({
  fault,
  path: z.string().startsWith('/').exactOptional(),
  accessKey: z.string().exactOptional(),
  withToken: z.boolean().exactOptional(),
  clientId: z.string().exactOptional(),
  after: whole.exactOptional(),
  times: z.int().min(1).exactOptional(),
});

export const settingsChange = z.strictObject({
  tokenForm: z.enum(['meta', 'data']).exactOptional(),
  order: z.enum(['newest-first', 'oldest-first']).exactOptional(),
  lastPage: z.enum(['without-token', 'empty-with-token']).exactOptional(),
  totalCount: z.enum(['untold', 'told', 'one-more']).exactOptional(),
  gzip: z.boolean().exactOptional(),
  latencyMs: whole.exactOptional(),
  clockSkewMs: z.int().exactOptional(),
  maxDateSkewMs: whole.exactOptional(),
  rateLimit: z.strictObject({ calls: whole, windowMs: z.int().min(1) }).exactOptional(),
  apiVersions: z
    .array(z.enum(['1.0', '2.0']))
    .min(1)
    .exactOptional(),
  tokenLifeS: z.int().min(1).exactOptional(),
});

export const newTenant = z.strictObject({ seed: z.int().exactOptional(), events: whole.default(3_000) });

export const accessChange = z.strictObject({
  endpoint: z.enum(Object.keys(ENDPOINT_PATHS) as [SimulatedEndpoint, ...SimulatedEndpoint[]]),
  access: z.enum(['available', 'missing', 'app-forbidden', 'forbidden', 'wrong-region']),
});

export const lateArrival = z.strictObject({
  count: z.int().min(1).max(10_000).default(1),
  ageMs: whole.default(HOUR_MS),
});

export const lateRowArrival = lateArrival.extend({
  log: z.enum(['ttp-url-logs', 'ttp-attachment-logs', 'ttp-impersonation-logs', 'dlp-logs']),
});
