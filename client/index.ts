/** A typed client for the connections: what services and command lines use instead of raw workflow messages. */
export type { NewAnnotation } from './annotations.js';
export type { ApplyOptions, ApplyReport } from './apply/apply.js';
export type { ApplyResult } from './apply/carry-out.js';
export type { FieldChange } from './apply/changes.js';
export type { ApplyDocument, ConnectionFields, SharedFields } from './apply/documents.js';
export { MimecastApplyError } from './apply/problems.js';
export type { ApplyProblem } from './apply/problems.js';
export type { ActionName, ApplyPlan, PlannedAction, PlannedConnection } from './apply/plan.js';
export type { AwaitBackfillOptions } from './await-backfill.js';
export type { AwaitOptions } from './await-polls.js';
export { MimecastConnections } from './connections.js';
export type { MimecastConnectionsOptions } from './connections.js';
export type {
  BackfillRequest,
  KeyOptions as GivenKeys,
  KeysRequest,
  NewConnectionRequest,
  RotateRequest,
} from './requests.js';
export { MimecastClientError } from './errors.js';
export type { ClientErrorCode } from './errors.js';
export type {
  BackfillReport,
  CredentialReport,
  ListedConnection,
  PollProgress,
  PollReport,
  StartedBackfill,
  StatusReport,
  StreamReport,
} from './reports.js';
export type { BackfillProgress, TimeSpan } from '../contract/backfill.js';
