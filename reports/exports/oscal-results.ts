import type { AppliedAnnotation, Basis, ControlResult, StoredEvaluation, Subject } from '../../model/verdicts.js';
import { catalogueLinks, objectiveOf, ourProperty } from './oscal-catalogue.js';
import { annotationOf, shownName, type Rendering } from './rendering.js';
import { stableUuid } from './uuid.js';

/** UUIDs of the components that controls are about. */
export type OscalSubjects = Readonly<Record<Subject, string>>;

export interface OscalContext {
  readonly evaluation: StoredEvaluation;
  readonly subjects: OscalSubjects;
  readonly rendering: Rendering;
}

type Oscal = Record<string, unknown>;

const identity = (kind: string, { id }: ControlResult, { evaluation }: OscalContext): string =>
  stableUuid(kind, evaluation.connectionId, evaluation.sequence, id);

const origins = ({ subjects }: OscalContext): Oscal[] => [
  { actors: [{ type: 'tool', 'actor-uuid': subjects.collector }] },
];

const subjectOf = ({ subject }: ControlResult, { subjects }: OscalContext): Oscal[] => [
  { 'subject-uuid': subjects[subject], type: 'component' },
];

/** Returns the observation of a control, for any verdict. */
export function observationOf(control: ControlResult, context: OscalContext): Oscal {
  const evidence = control.basis.map((basis) => relevantEvidence(basis, context));
  const remarks = observationRemarks(control);
  return {
    uuid: identity('observation', control, context),
    title: control.title,
    description: control.reason,
    props: controlProperties(control),
    methods: ['TEST'],
    types: ['control-objective'],
    origins: origins(context),
    subjects: subjectOf(control, context),
    ...(evidence.length > 0 && { 'relevant-evidence': evidence }),
    collected: newestOf(control) ?? context.evaluation.at,
    ...(control.freshUntil !== undefined && { expires: control.freshUntil }),
    ...(remarks !== '' && { remarks }),
  };
}

function controlProperties(control: ControlResult): Oscal[] {
  const { id, verdict, code, severity, subject, version, thresholds = {} } = control;
  return [
    ourProperty('control-id', id),
    ourProperty('verdict', verdict),
    ourProperty('code', code),
    ourProperty('severity', severity),
    ourProperty('subject', subject),
    ourProperty('control-version', String(version)),
    ...Object.entries(thresholds).map(([name, value]) => ourProperty(`threshold-${name}`, String(value))),
  ];
}

function observationRemarks({ lastKnown, action }: ControlResult): string {
  return [
    ...(lastKnown ? [`Known last, at ${lastKnown.at}: ${lastKnown.verdict}.`] : []),
    ...(action === undefined ? [] : [`To do: ${action}`]),
  ].join('\n\n');
}

function relevantEvidence({ source, digest, observedAt }: Basis, { evaluation }: OscalContext): Oscal {
  return {
    ...(digest !== undefined && { href: `#${stableUuid('evidence', evaluation.connectionId, digest)}` }),
    description: observedAt === undefined ? source : `${source}, observed at ${observedAt}`,
  };
}

function newestOf({ basis }: ControlResult): string | undefined {
  return basis
    .flatMap(({ observedAt }) => observedAt ?? [])
    .sort()
    .at(-1);
}

/** Returns the finding of a control that passes or fails. */
export function findingOf(control: ControlResult, context: OscalContext): Oscal {
  const { id, title, reason, verdict } = control;
  return {
    uuid: identity('finding', control, context),
    title,
    description: reason,
    ...catalogueLinks(control.mappings),
    origins: origins(context),
    target: {
      type: 'objective-id',
      'target-id': objectiveOf(id),
      title,
      status: { state: verdict === 'pass' ? 'satisfied' : 'not-satisfied', reason: verdict },
    },
    'related-observations': [{ 'observation-uuid': identity('observation', control, context) }],
    ...(verdict === 'fail' && { 'related-risks': [{ 'risk-uuid': identity('risk', control, context) }] }),
  };
}

/** Returns the risk of a fail: open, or accepted until a date. */
export function riskOf(control: ControlResult, context: OscalContext): Oscal {
  const accepted = annotationOf(control, 'accepted-risk');
  return {
    uuid: identity('risk', control, context),
    title: control.title,
    description: control.reason,
    statement: accepted ? acceptance(accepted, context) : `The statement does not hold: ${control.title}.`,
    props: [ourProperty('severity', control.severity)],
    status: accepted ? 'deviation-approved' : 'open',
    origins: origins(context),
    ...(accepted && { deadline: accepted.expiresAt }),
    ...(control.action !== undefined && {
      remediations: [
        {
          uuid: identity('remediation', control, context),
          lifecycle: 'recommendation',
          title: 'What to do',
          description: control.action,
        },
      ],
    }),
  };
}

const acceptance = ({ owner, reason, expiresAt }: AppliedAnnotation, { rendering }: OscalContext): string =>
  `Accepted until ${expiresAt}. Owner: ${shownName(owner, rendering)}. ${reason}`;

/** Returns the attested files. They are listed beside the verdict and do not change it. */
export function attestationObservations(context: OscalContext): Oscal[] {
  return context.evaluation.controls.flatMap((control) =>
    attestationsOf(control).map((attestation) => ({
      uuid: stableUuid('attestation', context.evaluation.connectionId, attestation.annotationId),
      title: `Attestation: ${control.title}`,
      description: `${attestation.reason} Owner: ${shownName(attestation.owner, context.rendering)}.`,
      props: [ourProperty('control-id', control.id), ourProperty('annotation', attestation.annotationId)],
      methods: ['EXAMINE'],
      types: ['control-objective'],
      subjects: subjectOf(control, context),
      ...(attestation.file && {
        'relevant-evidence': [
          { href: `#${fileUuid(context.evaluation, attestation)}`, description: attestation.file.name },
        ],
      }),
      collected: attestation.createdAt,
      expires: attestation.expiresAt,
    })),
  );
}

const attestationsOf = ({ annotations }: ControlResult): AppliedAnnotation[] =>
  annotations.filter(({ kind, expired }) => kind === 'attestation' && !expired);

const fileUuid = ({ connectionId }: StoredEvaluation, { annotationId }: AppliedAnnotation): string =>
  stableUuid('file', connectionId, annotationId);

export function attestedFiles(evaluation: StoredEvaluation): Oscal[] {
  return evaluation.controls.flatMap(attestationsOf).flatMap((attestation) => {
    if (attestation.file === undefined) return [];
    const { sha256, name } = attestation.file;
    return [
      {
        uuid: fileUuid(evaluation, attestation),
        title: name,
        description: 'A file that was shown, and is not kept here.',
        props: [{ name: 'type', value: 'evidence' }],
        rlinks: [{ href: `urn:sha256:${sha256}`, hashes: [{ algorithm: 'SHA-256', value: sha256 }] }],
      },
    ];
  });
}
