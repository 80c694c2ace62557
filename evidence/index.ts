/** The evidence store on Postgres: reads what was collected, and migrates the schema. */
export { createEvidenceStore, type EvidenceStore, type EvidenceStoreOptions } from './store.js';
export { migrate, pendingMigrations } from './database/migrate.js';
export {
  EvidenceAccountError,
  EvidenceNamespaceError,
  EvidenceNotFoundError,
  EvidenceSchemaError,
  EvidenceStateError,
  EvidenceUnreachableError,
  EvidenceUpgradeError,
  EvidenceValueError,
} from './database/errors.js';
export type { TemporalNamespace } from './database/errors.js';

// The parts of the store, each with the types that its methods take and return.
export type { CompletenessReader } from './completeness/completeness.js';
export type { Connections, NewConnection } from './connections/connections.js';
export type { NewKeys } from './connections/credentials.js';
export type { AcceptedProof } from './connections/promote.js';
export type { MarkedConnection, WorkflowVersions } from './connections/workflow-versions.js';
export type { CallPermit, RefusedCalls } from './connections/refused-calls.js';
export type { LoadedConnection } from './database/connection-row.js';
export type { Clock } from './database/clock.js';
export type { Refused } from './database/guard.js';
export type { Erasable } from './erasure/eraser.js';
export type { Erased, Erasure, ErasureReport, ErasureRequest, ErasureRule } from './erasure/erasure.js';
export type { PreparedEvents } from './events/prepare-events.js';
export type { AuditPage, Events } from './events/store-page.js';
export type { ExportedEvent, ExportedObservation, ExportOptions, ExportRecord } from './export.js';
export type { BackfilledWindows } from './ledger/backfill-windows.js';
export type { HeldRanges } from './ledger/held.js';
export type { Ledger, LedgerPosition, WindowCounts } from './ledger/ledger.js';
export type { FinishedPoll, Polls } from './ledger/polls.js';
export type {
  Gap,
  LedgerStream,
  NewWindow,
  StoredPage,
  TakenWindow,
  TakenWindowRow,
  WindowKind,
  WindowRow,
} from './ledger/window.js';
export type { LogHead } from './log/append.js';
export type { LogEntry, LogRange } from './log/entries.js';
export type { EvidenceLog } from './log/log.js';
export type { LogKind, LogRecord } from './log/record.js';
export type { CitedObservation } from './observations/cited.js';
export type { Difference, FieldChange } from './observations/differences.js';
export type { Drift, DriftCandidate, DriftRange, DriftSide } from './observations/drift.js';
export type { NewObservation, Observations, StoredObservation } from './observations/observations.js';
export type { BundleHeader, BundleRecord } from './proof/bundle.js';
export type { Checkpoints, CheckpointState, LogPosition as LogPosition } from './proof/checkpoints.js';
export type { ProofEntry, ProofEvidence, ProofRecord } from './proof/proof-records.js';
export type { Checkpointed, Verification } from './proof/verifier.js';
export type { Proof } from './proof/verify.js';
export type { ProtectionLogState } from './statistics/protection-logs.js';
export type { Statistics } from './statistics/statistics.js';
export type { StatisticsPage } from './statistics/store-page.js';
export type { Annotations, NewAnnotation } from './verdicts/annotations.js';
export type { Evaluations } from './verdicts/evaluations.js';

// The vocabulary that they share.
export type * from '../model/completeness.js';
export type * from '../model/connection.js';
export type { UnreadableRow } from '../model/stored-settings.js';
export type * from '../model/facts.js';
export type { EndpointOutcome, PollOutcome } from '../model/outcomes.js';
export type { Provenance } from '../model/provenance.js';
export type { DailyStatistics, Protection } from '../model/statistics.js';
export type {
  ApiVersion,
  ConnectionSettings,
  Coverage,
  RefusalRules,
  Retention,
  Thresholds,
} from '../model/settings.js';
export type { MomentRange, TimeRange } from '../model/time-ranges.js';
export type * from '../model/verdicts.js';
export type { JsonObject } from '../model/json.js';
export type { CountedRow } from '../mimecast/protection-rows.js';
