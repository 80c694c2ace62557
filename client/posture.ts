import type { StoredEvaluation } from '../model/verdicts.js';
import { MimecastClientError, unknownConnection } from './errors.js';
import type { EvidenceStore } from '../evidence/store.js';

/** Returns the record in force, now or at a moment. @throws MimecastClientError when there is none */
export async function storedPosture(
  evidence: Pick<EvidenceStore, 'connections' | 'evaluations'> | undefined,
  connectionId: string,
  at: Date | undefined,
): Promise<StoredEvaluation> {
  if (!evidence) throw noEvidenceStore();
  const { evaluations, connections } = evidence;
  const found = await (at ? evaluations.at(connectionId, at) : evaluations.latest(connectionId));
  if (found) return found;
  if (!(await connections.read(connectionId))) throw unknownConnection(connectionId);
  throw new MimecastClientError(
    'not-evaluated',
    at
      ? `Nothing had been said about ${connectionId} by ${at.toISOString()}.`
      : `Nothing has been said about ${connectionId} yet.`,
    'Verdicts are made when it is connected and after each poll: start a worker, then poll it.',
  );
}

function noEvidenceStore(): MimecastClientError {
  return new MimecastClientError(
    'no-evidence-store',
    'Verdicts are read from the evidence store, and this client has none.',
    'Give it one: new MimecastConnections({ evidence, … }).',
  );
}
