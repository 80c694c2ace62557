import { Context } from '@temporalio/activity';
import type { LoadedConnection } from '../../evidence/database/connection-row.js';
import { defined } from '../../model/json.js';
import { MimecastPermissionError } from '../../mimecast/errors.js';
import { MimecastError } from '../../mimecast/mimecast-error.js';
import { readEndpoint } from '../../mimecast/read-endpoint.js';
import type { PolledEndpoint } from '../../contract/reports.js';
import { refuseOtherAccount } from '../keys/account-identity.js';
import { failureWith } from '../failures.js';
import type { ActivityDependencies } from '../dependencies.js';
import { outcomeOf } from '../probe/probe-endpoint.js';
import type { Sessions } from '../session.js';
import { pathOf } from '../stream-endpoints.js';
import { withProvenance } from './provenance.js';
import type { EndpointRequest } from '../../contract/activities.js';
import type { NewObservation, StoredObservation } from '../../evidence/observations/observations.js';

type EndpointState = Pick<NewObservation, 'outcome' | 'items' | 'body' | 'droppedFields' | 'error' | 'provenance'>;

/**
 * Reads one endpoint completely and stores the answer.
 *
 * "No such endpoint for this tenant" and "permission missing" are answers: they are stored and returned. A call that
 * failed permanently is stored too, so that the log shows the attempt, and then thrown. A call that may still succeed
 * is thrown, and Temporal retries it.
 */
export async function collectEndpoint(
  { store }: ActivityDependencies,
  sessions: Sessions,
  connection: LoadedConnection,
  request: EndpointRequest,
): Promise<PolledEndpoint | 'disconnected'> {
  const { row } = connection;
  const path = pathOf(row.settings, request.endpoint);
  const { connectionId, generation, stream, runId } = request;
  const keep = async (state: EndpointState): Promise<StoredObservation | 'disconnected'> => {
    const place = { connectionId, generation, stream, runId, endpoint: request.endpoint };
    const provenance = state.provenance && { provenance: withProvenance(row, state.provenance) };
    const stored = await store.observations.record({ ...place, ...state, ...provenance });
    return typeof stored === 'string' ? 'disconnected' : stored;
  };

  const session = await sessions.open(connection);
  const signal = Context.current().cancellationSignal;
  try {
    const { outcome, items, body, droppedFields, provenance } = await session.call((api) =>
      readEndpoint(api, request.endpoint, { path, signal, ...row.settings.pagination }),
    );
    if (request.endpoint === 'account') refuseOtherAccount(row, items);
    const stored = await keep({ outcome, items: items.length, body, droppedFields, provenance });
    return stored === 'disconnected' ? stored : { ...polled(stored, path), items: items.length };
  } catch (error) {
    if (!(error instanceof MimecastError) || error.retryable) throw error;
    const provenance = provenanceOf(error);
    const stored = await keep(defined({ outcome: outcomeOf(error), error: error.name, provenance }));
    if (stored === 'disconnected') return stored;
    if (stored.outcome === 'failed') throw failureWith(session.keys, error);
    const permission = error instanceof MimecastPermissionError ? { permission: error.permission } : {};
    return { ...polled(stored, path), ...permission };
  }
}

function polled({ endpoint, outcome, digest }: StoredObservation, path: string): PolledEndpoint {
  return defined({ endpoint, path, outcome, digest });
}

/** Returns the provenance of a failed call; undefined when no answer arrived. */
export function provenanceOf(error: MimecastError): NewObservation['provenance'] {
  const { host, path, requestId, httpStatus, at, vendorDate, filters } = error;
  if (httpStatus === undefined) return undefined;
  const dated = vendorDate !== undefined && { vendorDate };
  return { host, path, requestId, httpStatus, ...dated, receivedAt: at, ...(filters && { filters }) };
}
