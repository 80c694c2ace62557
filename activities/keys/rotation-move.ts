import type { ConnectionRow } from '../../model/connection.js';
import type { ApiVersion } from '../../mimecast/credentials.js';
import { apiVersionProblem, MimecastBaseUrlError, parseBaseUrl } from '../../mimecast/regions.js';

/** The place where new keys are to be used, or the reason why they cannot be used there. */
export interface RotationMove {
  /** Undefined when they are used at the connection's base URL. */
  readonly baseUrl?: string;
  readonly fault?: string;
}

/**
 * Returns the move that belongs to a rotation. Each version of the API has hosts of its own, so new keys of another
 * version bring a new base URL. It takes effect together with the keys, after these have been proved there.
 *
 * @param wanted the requested base URL
 */
export function moveOf(
  { connectionId, settings }: ConnectionRow,
  wanted: string | undefined,
  apiVersion: ApiVersion,
  allowLoopback: boolean,
): RotationMove {
  try {
    const baseUrl = wanted === undefined ? settings.baseUrl : parseBaseUrl(wanted, { allowLoopback });
    const misfit = apiVersionProblem(baseUrl, apiVersion);
    if (misfit && wanted === undefined) return { fault: withBaseUrl(connectionId, misfit) };
    if (misfit) return { fault: misfit.message };
    return baseUrl === settings.baseUrl ? {} : { baseUrl };
  } catch (error) {
    if (error instanceof MimecastBaseUrlError) return { fault: error.message };
    throw error;
  }
}

function withBaseUrl(connectionId: string, { message }: MimecastBaseUrlError): string {
  return `${message} Give it with the keys: "rotate ${connectionId} --base-url …".`;
}

/** Keys that are already in use are no rotation, so they bring no base URL. */
export const sameKeysElsewhere = (connectionId: string, baseUrl: string): string =>
  `These keys are in use already, so there is nothing to rotate. To use them at another base URL: ` +
  `"edit ${connectionId} --base-url ${baseUrl}".`;
