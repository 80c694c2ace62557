import type { ControlResult, StoredEvaluation } from '../../model/verdicts.js';
import { ourCatalogue, objectiveOf, catalogueLinks, catalogueResources } from './oscal-catalogue.js';
import {
  attestationObservations,
  attestedFiles,
  findingOf,
  observationOf,
  riskOf,
  type OscalSubjects,
} from './oscal-results.js';
import { annotationOf, type Rendering } from './rendering.js';
import { stableUuid } from './uuid.js';

/**
 * Renders OSCAL assessment results, JSON, version 1.1.3
 * (https://pages.nist.gov/OSCAL-Reference/models/v1.1.3/assessment-results/).
 *
 * The assessed objectives are those of this product's catalogue, which is part of the document. NIST controls are
 * linked only: an API response supports such a control, but never satisfies it. An unknown control has an observation
 * and no finding; a control that is not applicable is excluded, with the reason. UUIDs are derived from what they
 * identify, so that the same record gives the same bytes.
 */
export function oscalAssessmentResults(evaluation: StoredEvaluation, rendering: Rendering): Record<string, unknown> {
  const { connectionId, sequence, at } = evaluation;
  const subjects = subjectsOf(evaluation);
  return {
    'assessment-results': {
      uuid: stableUuid('oscal', connectionId, sequence),
      metadata: {
        title: `Mimecast email-security controls of ${evaluation.accountCode ?? connectionId}`,
        'last-modified': at,
        version: String(sequence),
        'oscal-version': '1.1.3',
      },
      'import-ap': {
        href: `#${ourCatalogue(connectionId)}`,
        remarks: 'There is no plan besides the controls themselves: the referenced resource describes them.',
      },
      ...(evaluation.controls.length > 0 && {
        'local-definitions': { 'objectives-and-methods': evaluation.controls.map(localObjective) },
      }),
      results: [result(evaluation, subjects, rendering)],
      'back-matter': {
        resources: [
          ...catalogueResources(connectionId, rendering.product),
          ...evidenceResources(evaluation),
          ...attestedFiles(evaluation),
        ],
      },
    },
  };
}

function subjectsOf({ connectionId, accountCode }: StoredEvaluation): OscalSubjects {
  return {
    tenant: stableUuid('tenant', connectionId, accountCode ?? ''),
    collector: stableUuid('collector', connectionId),
  };
}

function localObjective(control: ControlResult): Record<string, unknown> {
  return {
    'control-id': control.id,
    description: control.title,
    ...catalogueLinks(control.mappings),
    parts: [{ id: objectiveOf(control.id), name: 'assessment-objective', prose: control.title }],
  };
}

function result(evaluation: StoredEvaluation, subjects: OscalSubjects, rendering: Rendering): Record<string, unknown> {
  const { connectionId, sequence, at } = evaluation;
  const applicable = evaluation.controls.filter(({ verdict }) => verdict !== 'not-applicable');
  const decided = applicable.filter(({ verdict }) => verdict !== 'unknown');
  const context = { evaluation, subjects, rendering };
  const observations = [
    ...applicable.map((control) => observationOf(control, context)),
    ...attestationObservations(context),
  ];
  const risks = decided.filter(({ verdict }) => verdict === 'fail').map((control) => riskOf(control, context));
  return {
    uuid: stableUuid('result', connectionId, sequence),
    title: `Record ${sequence} of ${connectionId}`,
    description: `What every control said about ${connectionId} at ${at}.`,
    start: earliestEvidence(evaluation),
    end: at,
    'local-definitions': { components: components(evaluation, subjects, rendering) },
    'reviewed-controls': reviewedControls(evaluation),
    ...(observations.length > 0 && { observations }),
    ...(risks.length > 0 && { risks }),
    ...(decided.length > 0 && { findings: decided.map((control) => findingOf(control, context)) }),
  };
}

function earliestEvidence({ at, controls }: StoredEvaluation): string {
  const moments = controls.flatMap(({ basis }) => basis.flatMap(({ observedAt }) => observedAt ?? []));
  return moments.reduce((earliest, moment) => (moment < earliest ? moment : earliest), at);
}

function components(
  { connectionId, accountCode, accountName }: StoredEvaluation,
  { tenant, collector }: OscalSubjects,
  { product }: Rendering,
): Record<string, unknown>[] {
  const status = { state: 'operational' };
  return [
    {
      uuid: tenant,
      type: 'service',
      title: `Mimecast account ${accountCode ?? '(not known yet)'}`,
      description: accountName ?? `The Mimecast tenant of ${connectionId}.`,
      status,
    },
    {
      uuid: collector,
      type: 'software',
      title: `${product.name} ${product.version}`,
      description: `Collects and judges the evidence of ${connectionId}.`,
      status,
    },
  ];
}

function reviewedControls({ controls }: StoredEvaluation): Record<string, unknown> {
  const included = controls.filter(({ verdict }) => verdict !== 'not-applicable');
  const excluded = controls.filter(({ verdict }) => verdict === 'not-applicable');
  const controlId = ({ id }: ControlResult) => ({ 'control-id': id });
  const objectiveId = ({ id }: ControlResult) => ({ 'objective-id': objectiveOf(id) });
  return {
    'control-selections': [
      {
        ...(included.length > 0 ? { 'include-controls': included.map(controlId) } : { 'include-all': {} }),
        ...(excluded.length > 0 && {
          'exclude-controls': excluded.map(controlId),
          remarks: excluded.map(exclusionReason).join('\n\n'),
        }),
      },
    ],
    'control-objective-selections': [
      {
        ...(included.length > 0 ? { 'include-objectives': included.map(objectiveId) } : { 'include-all': {} }),
        ...(excluded.length > 0 && { 'exclude-objectives': excluded.map(objectiveId) }),
      },
    ],
  };
}

function exclusionReason(control: ControlResult): string {
  const annotation = annotationOf(control, 'not-applicable');
  const until = annotation ? ` (until ${annotation.expiresAt})` : '';
  return `${control.id} is not applicable: ${annotation?.reason ?? control.reason}${until}`;
}

/**
 * Lists each cited body once, by its digest. Nothing is fetched from the link; readers compare their copy of the body
 * with it.
 */
function evidenceResources({ connectionId, controls }: StoredEvaluation): Record<string, unknown>[] {
  const sources = new Map<string, string>();
  for (const { source, digest } of controls.flatMap(({ basis }) => basis)) {
    if (digest !== undefined && !sources.has(digest)) sources.set(digest, source);
  }
  return [...sources].map(([digest, source]) => ({
    uuid: stableUuid('evidence', connectionId, digest),
    title: source,
    description: `Canonical JSON (RFC 8785) of what ${source} answered, without the fields that are not kept.`,
    props: [{ name: 'type', value: 'evidence' }],
    rlinks: [{ href: `urn:sha256:${digest}`, hashes: [{ algorithm: 'SHA-256', value: digest }] }],
  }));
}
