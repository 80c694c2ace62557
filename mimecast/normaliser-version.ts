/**
 * Version of the rules by which an answer becomes the body that is kept: which fields are dropped and what is put in order
 * (`account.ts`), over which pages (`read-endpoint.ts`). Raised whenever the same answer would become another body, so that a
 * change of ours is never taken for one of the tenant's.
 */
export const NORMALISER_VERSION = 1;
