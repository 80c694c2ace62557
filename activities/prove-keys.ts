import type { ConnectionRow } from '../evidence/connection.js';
import type { MimecastApi } from '../mimecast/api.js';
import { ENDPOINTS } from '../mimecast/endpoints.js';
import {
  MimecastAuthenticationError,
  MimecastBindingExpiredError,
  MimecastPermissionError,
  MimecastRegionError,
  MimecastUnavailableError,
} from '../mimecast/errors.js';
import { MimecastError } from '../mimecast/mimecast-error.js';
import { readEndpoint } from '../mimecast/read-endpoint.js';
import type { ConnectionReport, EndpointReport } from '../workflows/reports.js';
import { accountFault, accountIdentity } from './account-identity.js';

/**
 * Proves keys with a real call: reads the account, because that also says whose keys they are.
 *
 * Never throws for what the vendor says: a refusal is what the caller wants to know. Keys that may not read the account
 * are accepted keys, and the report names the permission.
 */
export async function proveKeys(api: MimecastApi, row: ConnectionRow): Promise<ConnectionReport> {
  const { connectionId, settings } = row;
  const path = settings.endpointPaths?.account ?? ENDPOINTS.account.path;
  const base = { connectionId, apiVersion: settings.apiVersion, baseUrl: settings.baseUrl };
  try {
    const reading = await readEndpoint(api, 'account', { path, ...settings.pagination });
    const account = accountIdentity(reading.items);
    const endpoint: EndpointReport = { stream: 'account', path, outcome: 'collected', items: reading.items.length };
    const fault = accountFault(row, account.code);
    return {
      ...base,
      ok: fault === undefined,
      authentication: 'accepted',
      account,
      endpoints: [endpoint],
      ...(fault !== undefined && { action: fault }),
    };
  } catch (error) {
    if (!(error instanceof MimecastError)) throw error;
    return { ...base, ok: false, ...refusal(error), endpoints: [failedEndpoint(path, error)], action: told(error) };
  }
}

/** Whether the proof lets the connection use the keys: accepted, and not those of another account. */
export function mayUse(report: ConnectionReport, row: ConnectionRow): boolean {
  const { account } = report;
  return report.authentication === 'accepted' && (!account || accountFault(row, account.code) === undefined);
}

function refusal(error: MimecastError): Pick<ConnectionReport, 'authentication' | 'suggestedBaseUrl'> {
  if (error instanceof MimecastAuthenticationError) return { authentication: 'rejected' };
  if (error instanceof MimecastBindingExpiredError) return { authentication: 'expired' };
  if (error instanceof MimecastRegionError) {
    const { suggestedBaseUrl } = error;
    return { authentication: 'wrong-region', ...(suggestedBaseUrl !== undefined && { suggestedBaseUrl }) };
  }
  if (error instanceof MimecastPermissionError || error instanceof MimecastUnavailableError) {
    return { authentication: 'accepted' };
  }
  return { authentication: 'unreachable' };
}

function failedEndpoint(path: string, error: MimecastError): EndpointReport {
  const report = { stream: 'account', path, action: told(error) } as const;
  if (error instanceof MimecastPermissionError) {
    return { ...report, outcome: 'forbidden', permission: error.permission };
  }
  return { ...report, outcome: error instanceof MimecastUnavailableError ? 'unavailable' : 'failed' };
}

const told = ({ what, nextStep }: MimecastError): string => `${what} ${nextStep}`;
