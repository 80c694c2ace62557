/**
 * Version of the rules that turn a response into the stored body: which fields are dropped and which lists are sorted
 * (`account.ts`), and how pages are joined (`read-endpoint.ts`). Raised whenever the same response would produce a
 * different body, so that a change of these rules is not reported as a change at the tenant.
 */
export const NORMALISER_VERSION = 1;
