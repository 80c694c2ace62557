import {
  MimecastAuthenticationError,
  MimecastBindingExpiredError,
  MimecastClockError,
  MimecastPermissionError,
  MimecastRateLimitError,
  MimecastRefusalLimitError,
  MimecastRegionError,
  MimecastTransportError,
  MimecastUnavailableError,
} from '../../mimecast/errors.js';
import type { MimecastError } from '../../mimecast/mimecast-error.js';
import type { EndpointPlace } from '../stream-endpoints.js';

/** A problem and its solution for an operator, in whole sentences. */
export interface NextStep {
  readonly what: string;
  readonly todo: string;
}

interface Affected extends Pick<EndpointPlace, 'stream'> {
  readonly connectionId: string;
}

export const sentences = ({ what, todo }: NextStep): string => (what === '' ? todo : `${what} ${todo}`);

/**
 * Returns what to do after a call without a usable answer, with the command to run. Errors of `mimecast/` do not know
 * the connection and assume that the call is retried; a test is made once, for an operator who waits for the result.
 *
 * @param error undefined when the time for the whole test ran out first
 */
export function stepAfter(error: MimecastError | undefined, affected: Affected): NextStep {
  const { connectionId: id, stream } = affected;
  const again = `Test again: "test ${id}"`;
  if (error === undefined) return { what: 'There was no answer in the time that a test may take.', todo: `${again}.` };

  if (error instanceof MimecastAuthenticationError) return refusedStep(error, id);
  if (error instanceof MimecastBindingExpiredError) return { what: error.what, todo: newKeys(id) };
  if (error instanceof MimecastRegionError) return { what: error.what, todo: regionTodo(id, error.suggestedBaseUrl) };
  if (error instanceof MimecastPermissionError) {
    const { permission } = error;
    return { what: '', todo: `Grant "${permission}" to the role of the API user, then "poll ${id} ${stream}".` };
  }
  if (error instanceof MimecastUnavailableError) {
    const otherPath = `"edit ${id} --path ENDPOINT=/api/…"`;
    return {
      what: 'Mimecast does not offer this endpoint to this tenant; what it would show stays unknown.',
      todo: `Nothing to do, unless another path was meant: ${otherPath}.`,
    };
  }
  if (error instanceof MimecastClockError) {
    return {
      what: error.what,
      todo: `Check NTP on ${error.machine}, then "test ${id}"; "doctor --test" compares the clocks.`,
    };
  }
  if (error instanceof MimecastRefusalLimitError) return { what: error.what, todo: error.nextStep };
  if (error instanceof MimecastRateLimitError) return { what: error.what, todo: `${again} after that.` };
  if (error instanceof MimecastTransportError) {
    return { what: error.what, todo: `${again}; if it stays, ${error.ifItStays}.` };
  }
  const { what, nextStep, retryable, requestId, at } = error;
  return { what, todo: retryable ? `${again}.` : `${nextStep} Request ${requestId}, ${at}.` };
}

const newKeys = (id: string): string =>
  "Request new keys for the application, set the service user's Authentication Cache TTL to Never Expires, then " +
  `"rotate ${id}". A new application needs about 30 minutes before keys can be made.`;

const INTEGRATIONS = 'Administration → Services → API and Platform Integrations';

function refusedStep({ refused }: MimecastAuthenticationError, id: string): NextStep {
  const orRegion = `or look for the region: "test ${id} --find-region". Evidence so far is kept.`;
  switch (refused) {
    case 'application-id':
      return {
        what: 'The Application ID is not known to Mimecast (refused twice).',
        todo: `Copy it from ${INTEGRATIONS} → Your Application Integrations, then "rotate ${id}".`,
      };
    case 'client':
      return {
        what:
          'Mimecast refused the Client ID or the Client Secret. It answers the same for each, and ' +
          'probably for a wrong region.',
        todo: `Copy both again from ${INTEGRATIONS}, then "rotate ${id}"; ${orRegion}`,
      };
    case 'token':
      return {
        what: 'Mimecast gave a token for the Client ID and refused it (twice).',
        todo: `See in ${INTEGRATIONS} that the application is enabled, then "test ${id}"; ${orRegion}`,
      };
    case 'keys':
      return {
        what:
          'Mimecast refused the keys. It answers the same for a wrong application key, access key or secret key, and ' +
          'probably for a wrong region.',
        todo: `Enter all four keys again: "rotate ${id}"; ${orRegion}`,
      };
  }
}

/** Keys that were accepted by another call of the same test. */
export const refusedHereOnly = (id: string): NextStep => ({
  what: 'Mimecast refused the keys here, though it took them for another endpoint.',
  todo: `Test again: "test ${id}"; if it stays, enter all keys again: "rotate ${id}".`,
});

export const regionTodo = (id: string, baseUrl: string | undefined): string =>
  baseUrl === undefined
    ? `Find the account's region: "test ${id} --find-region", or in the Administration Console.`
    : `Change the base URL: "edit ${id} --base-url ${baseUrl}"; the change is tested before it is taken.`;

/** An empty list is not an error, but may be unexpected. */
export const noneSetUp = (reads: string): string =>
  `Mimecast has no ${reads} for this tenant: none are set up, which may be a finding.`;
