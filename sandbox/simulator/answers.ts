/** Response of the simulator. */
export interface Answer {
  readonly status: number;
  readonly body: string | Buffer;
  /** The same body compressed, when it is cached. */
  readonly gzipped?: Buffer;
  readonly contentType?: string;
}

/** One error of a `fail` list. As at the vendor, only validation errors have a `field`. */
export interface VendorError {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
  readonly retryable?: boolean;
}

/** Messages of the publicly known error codes. */
const MESSAGES: ReadonlyMap<string, string> = new Map([
  ['err_xdk_invalid_signature', '0004 Invalid Signature'],
  ['err_xdk_binding_expired', 'AccessKey Has Expired'],
  ['err_xdk_operation_forbidden_for_address', '0003 Forbidden To Perform Operation For Address'],
  ['err_developer_key', 'App ID is invalid'],
  ['err_audit_log_incorrect_region', 'Incorrect region supplied'],
  ['err_validation_null', 'Field must not be null'],
]);

export const vendorError = (code: string, field?: string): VendorError => ({
  code,
  message: MESSAGES.get(code) ?? code,
  ...(field === undefined ? {} : { field }),
});

export const json = (body: unknown, status = 200): Answer => ({ status, body: JSON.stringify(body) });

export const data = (items: readonly unknown[]): Answer => json({ meta: { status: 200 }, data: items, fail: [] });

/** A refusal as the vendor sends it: `fail` is filled, and the HTTP status can be 200. */
export function refusal(errors: readonly VendorError[], status = 200): Answer {
  const filled = errors.map((error) => ({ retryable: false, ...error }));
  return json({ meta: { status }, data: [], fail: [{ errors: filled }] }, status);
}

export const refusedSignature = (): Answer => refusal([vendorError('err_xdk_invalid_signature')], 401);

export const expiredBinding = (): Answer => refusal([vendorError('err_xdk_binding_expired')], 418);

export const forbidden = (): Answer => refusal([vendorError('err_xdk_operation_forbidden_for_address')], 403);

export const wrongRegion = (): Answer => refusal([vendorError('err_audit_log_incorrect_region')]);

/** A refusal in the form of the gateway: no `meta`, and the code without `errors` around it. */
export const gatewayError = (code: string, status = 401, message = code): Answer =>
  json({ fail: [{ code, message }] }, status);

export const appForbidden = (): Answer =>
  gatewayError('app_forbidden', 403, 'Resource or method requested does not exist');

export const html = (status: number): Answer => ({
  status,
  contentType: 'text/html; charset=utf-8',
  body: `<!doctype html><html><head><title>${status}</title></head><body><h1>Service unavailable</h1></body></html>`,
});

/** Returns the known response for an HTTP status. */
export function statusAnswer(status: number): Answer {
  if (status === 401) return refusedSignature();
  if (status === 403) return forbidden();
  if (status === 418) return expiredBinding();
  if (status >= 500) return html(status);
  return refusal([], status);
}
