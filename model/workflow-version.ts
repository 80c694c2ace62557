/**
 * The version of a connection's workflow, which its row carries. Raised only by a release whose workers cannot continue the
 * runs of the release before: `migrate` then restarts each connection's workflow from its row, and workers refuse to start
 * while a live connection carries another version.
 */
export const WORKFLOW_VERSION = 1;
