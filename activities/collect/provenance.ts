import type { ConnectionRow } from '../../model/connection.js';
import { NORMALISER_VERSION } from '../../mimecast/normaliser-version.js';
import type { Provenance } from '../../model/provenance.js';

/** Adds the account and the version of the normalisation rules to the provenance of an answer. */
export function withProvenance(
  { accountCode }: Pick<ConnectionRow, 'accountCode'>,
  provenance: Provenance,
): Provenance {
  return { ...provenance, ...(accountCode !== undefined && { accountCode }), normaliser: NORMALISER_VERSION };
}
