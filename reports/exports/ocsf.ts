import type {
  AppliedAnnotation,
  Basis,
  ControlResult,
  Severity,
  StoredEvaluation,
  Verdict,
} from '../../model/verdicts.js';
import { defined } from '../../model/json.js';
import { annotationOf, FRAMEWORKS, requirementsOf, shownName, type Rendering } from './rendering.js';
import { stableUuid } from './uuid.js';
import type { TracedEvaluation, VerdictPast } from './verdict-history.js';

/**
 * OCSF Compliance Finding, class 2003 of schema 1.8.0 (https://schema.ocsf.io/1.8.0/classes/compliance_finding): one
 * per connection and control. Its `finding_info.uid` never changes, so that consumers update the finding they have.
 */
const SCHEMA_VERSION = '1.8.0';
const CATEGORY_UID = 2;
const CLASS_UID = 2003;

type Labelled = readonly [id: number, label: string];

/** Status ids. Verdicts that OCSF does not define are `Other`, with their own label. */
const COMPLIANCE: Readonly<Record<Verdict, Labelled>> = {
  pass: [1, 'Pass'],
  unknown: [2, 'Warning'],
  fail: [3, 'Fail'],
  'not-applicable': [99, 'Not Applicable'],
};

const SEVERITIES: Readonly<Record<Severity, Labelled>> = {
  info: [1, 'Informational'],
  low: [2, 'Low'],
  medium: [3, 'Medium'],
  high: [4, 'High'],
};

const NEW: Labelled = [1, 'New'];
const SUPPRESSED: Labelled = [3, 'Suppressed'];
const RESOLVED: Labelled = [4, 'Resolved'];

const CREATE: Labelled = [1, 'Create'];
const UPDATE: Labelled = [2, 'Update'];
const CLOSE: Labelled = [3, 'Close'];

const isOpen = (verdict: Verdict): boolean => verdict === 'fail' || verdict === 'unknown';

/** Returns the findings of one record, one per control. */
export function ocsfFindings({ evaluation, history }: TracedEvaluation, rendering: Rendering): OcsfFinding[] {
  return evaluation.controls.map((control) => finding(evaluation, control, history.of(control.id), rendering));
}

export type OcsfFinding = Readonly<Record<string, unknown>>;

function finding(
  evaluation: StoredEvaluation,
  control: ControlResult,
  past: VerdictPast,
  rendering: Rendering,
): OcsfFinding {
  const { connectionId, at, sequence } = evaluation;
  const [activityId, activity] = activityOf(control, past);
  const [severityId, severity] = severityOf(control);
  const [statusId, status] = statusOf(control);
  const time = Date.parse(at);
  return {
    activity_id: activityId,
    activity_name: activity,
    category_uid: CATEGORY_UID,
    category_name: 'Findings',
    class_uid: CLASS_UID,
    class_name: 'Compliance Finding',
    type_uid: CLASS_UID * 100 + activityId,
    type_name: `Compliance Finding: ${activity}`,
    time,
    severity_id: severityId,
    severity,
    status_id: statusId,
    status,
    message: `${control.title}: ${COMPLIANCE[control.verdict][1]}. ${control.reason}`,
    metadata: {
      version: SCHEMA_VERSION,
      product: {
        uid: rendering.product.name,
        name: rendering.product.name,
        vendor_name: rendering.product.vendor,
        version: rendering.product.version,
      },
      uid: stableUuid('ocsf', connectionId, control.id, sequence),
      sequence,
      original_time: at,
      log_name: `evidence/${connectionId}`,
      ...(evaluation.accountCode !== undefined && { tenant_uid: evaluation.accountCode }),
    },
    finding_info: {
      uid: stableUuid('finding', connectionId, control.id),
      title: control.title,
      desc: control.reason,
      types: [control.code],
      created_time: Date.parse(past.firstSeenAt),
      first_seen_time: Date.parse(past.since),
      last_seen_time: time,
      modified_time: time,
      data_sources: [...new Set(control.basis.map(({ source }) => source))],
    },
    compliance: compliance(control),
    resources: [resource(evaluation, control)],
    ...(control.action !== undefined && { remediation: { desc: control.action } }),
    ...(control.basis.length > 0 && { evidences: control.basis.map(evidence) }),
    ...(control.annotations.length > 0 && {
      enrichments: control.annotations.map((annotation) => enrichment(annotation, rendering)),
    }),
    ...(control.lastKnown && { unmapped: { last_known: control.lastKnown } }),
  };
}

/**
 * Returns the activity. A finding that was open and no longer is gets closed; later records close it again, which has
 * no effect.
 */
function activityOf({ verdict }: ControlResult, { before, records }: VerdictPast): Labelled {
  if (records === 1) return CREATE;
  return before !== undefined && isOpen(before) && !isOpen(verdict) ? CLOSE : UPDATE;
}

/**
 * Returns the severity of the finding. In OCSF it means urgency, which is `Informational` on a pass. The severity of a
 * possible fail is in the check.
 */
function severityOf({ verdict, severity }: ControlResult): Labelled {
  return SEVERITIES[isOpen(verdict) ? severity : 'info'];
}

/** Returns the workflow status of the finding. An accepted risk is suppressed; its compliance status does not change. */
function statusOf(control: ControlResult): Labelled {
  if (control.verdict === 'pass') return RESOLVED;
  const isSettled = control.verdict === 'not-applicable' || annotationOf(control, 'accepted-risk') !== undefined;
  return isSettled ? SUPPRESSED : NEW;
}

function compliance(control: ControlResult): OcsfFinding {
  const [statusId, status] = COMPLIANCE[control.verdict];
  const [severityId, severity] = SEVERITIES[control.severity];
  const mapped = requirementsOf(control.mappings);
  const standards = [...new Set(mapped.map(({ framework }) => FRAMEWORKS[framework]))];
  return {
    control: control.id,
    desc: control.title,
    category: control.subject,
    status_id: statusId,
    status,
    status_code: control.code,
    status_details: [control.reason],
    ...(mapped.length > 0 && {
      standards,
      requirements: mapped.map(
        ({ framework, requirement: { id, title } }) => `${FRAMEWORKS[framework]} ${id} ${title}`,
      ),
    }),
    ...(control.thresholds && {
      control_parameters: Object.entries(control.thresholds).map(([name, value]) => ({ name, value: String(value) })),
    }),
    checks: [
      {
        uid: control.id,
        name: control.title,
        version: String(control.version),
        severity_id: severityId,
        severity,
        status_id: statusId,
        status,
        ...(standards.length > 0 && { standards }),
      },
    ],
  };
}

function resource(
  { connectionId, accountCode, accountName }: StoredEvaluation,
  { subject }: ControlResult,
): OcsfFinding {
  if (subject === 'collector') return { uid: connectionId, name: connectionId, type: 'Evidence collector' };
  return { uid: accountCode ?? connectionId, name: accountName ?? connectionId, type: 'Mimecast account' };
}

function evidence({ source, digest, observedAt }: Basis): OcsfFinding {
  return defined({ name: source, uid: digest, data: defined({ source, sha256: digest, observed_at: observedAt }) });
}

function enrichment(annotation: AppliedAnnotation, rendering: Rendering): OcsfFinding {
  const { kind, annotationId, owner, reason, createdAt, expiresAt, expired, file } = annotation;
  return {
    name: 'compliance.control',
    value: kind,
    type: 'annotation',
    desc: reason,
    created_time: Date.parse(createdAt),
    data: defined({ uid: annotationId, owner: shownName(owner, rendering), expires_at: expiresAt, expired, file }),
  };
}
