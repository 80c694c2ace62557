import type { ConnectionRow } from '../../model/connection.js';
import type { ApiVersion } from '../../mimecast/credentials.js';
import { apiVersionProblem, MimecastBaseUrlError, parseBaseUrl } from '../../mimecast/regions.js';

/** Where new keys are to be used, or why they cannot be used there. */
export interface RotationMove {
  /** None when they are used where the connection is. */
  readonly baseUrl?: string;
  readonly fault?: string;
}

/**
 * The move that belongs to a rotation. Each version of the API has hosts of its own, so new keys of another generation
 * take a new base URL with them; it comes into force together with the keys, once these have been proved there.
 *
 * @param wanted the base URL that was asked for
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

/** Keys that are in use already make no rotation, so they bring no base URL with them. */
export const sameKeysElsewhere = (connectionId: string, baseUrl: string): string =>
  `These keys are in use already, so there is nothing to rotate. To use them at another base URL: ` +
  `"edit ${connectionId} --base-url ${baseUrl}".`;
