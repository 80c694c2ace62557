import { createHmac, randomUUID } from 'node:crypto';
import { request } from 'undici';
import { vendorTime } from '../../../sandbox/simulator/audit-log.js';
import { ENDPOINT_PATHS, type TenantKeys } from '../../../sandbox/simulator/tenant.js';

export const AUDIT = ENDPOINT_PATHS['audit-events'];
export const ACCOUNT = ENDPOINT_PATHS.account;

export interface Envelope {
  readonly meta: {
    readonly status: number;
    readonly pagination?: { readonly pageSize: number; readonly next?: string };
  };
  readonly data: readonly Record<string, unknown>[];
  readonly pageToken?: string;
  readonly fail: readonly { readonly errors: readonly { readonly code: string; readonly field?: string }[] }[];
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Calls as a client of its own would, with the signature written out once more. */
export async function call(
  url: string,
  keys: TenantKeys,
  path: string,
  body: unknown = { data: [] },
  date = new Date().toUTCString().replace('GMT', 'UTC'),
): Promise<Reply> {
  const requestId = randomUUID();
  const text = `${date}:${requestId}:${path}:${keys.applicationKey}`;
  const signature = createHmac('sha1', Buffer.from(keys.secretKey, 'base64')).update(text).digest('base64');
  const reply = await request(url + path, {
    method: 'POST',
    headers: {
      authorization: `MC ${keys.accessKey}:${signature}`,
      'x-mc-app-id': keys.applicationId,
      'x-mc-date': date,
      'x-mc-req-id': requestId,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  });
  return { status: reply.statusCode, headers: reply.headers, text: await reply.body.text() };
}

export const envelope = (reply: Reply): Envelope => JSON.parse(reply.text) as Envelope;

export const codes = (reply: Reply): string[] =>
  envelope(reply).fail.flatMap(({ errors }) => errors.map(({ code }) => code));

export interface PageRequest {
  readonly from: Date;
  readonly to: Date;
  readonly pageSize?: number;
  readonly token?: string | undefined;
  readonly tokenIn?: 'meta' | 'data';
}

/** Body of a request for a page of audit events. */
export function auditBody({ from, to, pageSize = 500, token, tokenIn = 'meta' }: PageRequest): unknown {
  const inForm = (form: 'meta' | 'data'): object =>
    token !== undefined && tokenIn === form ? { pageToken: token } : {};
  return {
    meta: { pagination: { pageSize, ...inForm('meta') } },
    data: [{ startDateTime: vendorTime(from.getTime()), endDateTime: vendorTime(to.getTime()), ...inForm('data') }],
  };
}

/** Every page of a range, until there is no token or no row. */
export async function readAll(url: string, keys: TenantKeys, page: PageRequest): Promise<Envelope[]> {
  const pages: Envelope[] = [];
  let token: string | undefined;
  do {
    const read = envelope(await call(url, keys, AUDIT, auditBody({ ...page, token })));
    pages.push(read);
    token = read.meta.pagination?.next ?? read.pageToken;
  } while (token !== undefined && pages.at(-1)?.data.length !== 0);
  return pages;
}
