import type { ConnectionRow } from '../../model/connection.js';
import { NORMALISER_VERSION } from '../../mimecast/normaliser-version.js';
import type { Provenance } from '../../model/provenance.js';

/** Where an answer came from, with whose it is and by which rules it became what is kept. */
export function withProvenance(
  { accountCode }: Pick<ConnectionRow, 'accountCode'>,
  provenance: Provenance,
): Provenance {
  return { ...provenance, ...(accountCode !== undefined && { accountCode }), normaliser: NORMALISER_VERSION };
}
