import { MimecastPermissionError, MimecastUnavailableError } from '../../mimecast/errors.js';
import { provenanceOf } from './collect-endpoint.js';
import type { Drain } from './drain-window.js';
import { failureWith } from '../failures.js';
import { withProvenance } from './provenance.js';

/** The endpoint is not available to these keys: an outcome, not a failure. */
interface RefusedEndpoint {
  readonly outcome: 'forbidden' | 'unavailable';
  /** The permission to grant, if a permission is missing. */
  readonly permission?: string;
}

/**
 * Stores why a log could not be read. "No such endpoint" and "permission missing" are answers of Mimecast.
 *
 * @throws every other error, as the failure of these keys
 */
export async function refusedEndpoint(
  { store, session, log }: Pick<Drain, 'store' | 'session' | 'log'>,
  reader: { readonly connectionId: string; readonly generation: number; readonly runId: string },
  error: unknown,
): Promise<RefusedEndpoint> {
  const isForbidden = error instanceof MimecastPermissionError;
  if (!isForbidden && !(error instanceof MimecastUnavailableError)) throw failureWith(session.keys, error);
  const outcome = isForbidden ? 'forbidden' : 'unavailable';
  const { connectionId, generation, runId } = reader;
  const provenance = provenanceOf(error);
  await store.observations.record({
    ...{ connectionId, generation, runId, stream: log.stream, endpoint: log.endpoint },
    ...{ outcome, error: error.name },
    ...(provenance && { provenance: withProvenance(session.row, provenance) }),
  });
  return { outcome, ...(isForbidden && { permission: error.permission }) };
}
