/** A typed client for the connections: for services and command lines, instead of raw workflow messages. */
export { MimecastConnections } from './connections.js';
export type { MimecastConnectionsOptions } from './connections.js';

// What its methods throw.
export { MimecastApplyError } from './apply/problems.js';
export { MimecastClientError } from './errors.js';
export type { ClientErrorCode } from './errors.js';
export { MimecastCredentialsError } from '../mimecast/credentials.js';
export type { CredentialField, CredentialProblem } from '../mimecast/credentials.js';
export { MimecastBaseUrlError } from '../mimecast/regions.js';
export { VaultKeyringError } from '../vault/errors.js';

// Input checks and sealing, for services that do not send keys through the client.
export { parseCredentials } from '../mimecast/credentials.js';
export type { ApiV1Credentials, ApiV2Credentials, MimecastCredentials } from '../mimecast/credentials.js';
export { parseBaseUrl } from '../mimecast/regions.js';
export type { BaseUrlRules } from '../mimecast/regions.js';
export type { PublicSealingKey } from '../vault/keys.js';
export { readSealingKey, sealCredentials } from '../vault/sealing.js';

// What its methods take and return.
export type { NewAnnotation } from './annotations.js';
export type { ApplyOptions, ApplyReport } from './apply/apply.js';
export type { ApplyResult } from './apply/carry-out.js';
export type { FieldChange } from './apply/changes.js';
export type { ApplyDocument, ConnectionFields, SharedFields } from './apply/documents.js';
export type { ApplyProblem } from './apply/problems.js';
export type { ActionName, ApplyPlan, PlannedAction, PlannedConnection, PlanOptions } from './apply/plan.js';
export type { AwaitBackfillOptions } from './await-backfill.js';
export type { AwaitOptions } from './await-polls.js';
export type * from './reports.js';
export type { BackfillRequest, KeyOptions, KeysRequest, NewConnectionRequest, RotateRequest } from './requests.js';

// The messages of connections and backfills, and what workflows answer to them.
export type {
  BackfillInput,
  BackfillOutcome,
  BackfillProgress,
  BackfillResult,
  BackfillWindows,
  TimeSpan,
} from '../contract/backfill.js';
export type {
  AnnotationRequest,
  ConnectRequest,
  DisconnectRequest,
  PauseRequest,
  PollNowRequest,
  RefusedKeys,
  ResumeRequest,
  RotationRequest,
  SealedCredentials,
  TestRequest,
} from '../contract/messages.js';
export type {
  AnnotationReport,
  ConnectionTest,
  ConnectionStatus,
  CredentialStatus,
  EndpointReport,
  PauseReason,
  PolledEndpoint,
  PollResult,
  PostureStatus,
  ResumeReport,
  RotationReport,
  SettingsReport,
  StartedPoll,
} from '../contract/reports.js';

// The vocabulary that they share.
export type {
  ApiVersion,
  ConnectionSettings,
  ConnectionState,
  CredentialState,
  EndpointName,
  ProtectionLogEndpoint,
  RotationOutcome,
  Stream,
  VendorStatistics,
} from '../model/connection.js';
export type { KeyAge } from '../model/key-age.js';
export type { EndpointOutcome, PollOutcome } from '../model/outcomes.js';
export type { Coverage, RefusalRules, Requester, Retention, SettingsChange, Thresholds } from '../model/settings.js';
export type { PolledStream } from '../model/streams.js';
export type {
  Annotation,
  AnnotationKind,
  AppliedAnnotation,
  Basis,
  ControlId,
  ControlResult,
  Evaluation,
  Judgement,
  JudgementCode,
  Mappings,
  Requirement,
  Severity,
  StoredEvaluation,
  Subject,
  Summary,
  Verdict,
  VerdictChange,
} from '../model/verdicts.js';
