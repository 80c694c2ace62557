import type { AppliedAnnotation, ControlId, ControlResult, Mappings, Requirement } from '../../model/verdicts.js';

/** What renders, as exports name it. */
export interface Product {
  readonly name: string;
  readonly vendor: string;
  readonly version: string;
}

/** How a record is rendered. The same record and the same choice give the same bytes. */
export interface Rendering {
  readonly product: Product;
  /** Whether names of people are shown; they are withheld otherwise, and never left out in silence. */
  readonly names: boolean;
}

const WITHHELD = 'withheld';

export const shownName = (name: string, { names }: Pick<Rendering, 'names'>): string => (names ? name : WITHHELD);

export type Framework = keyof Mappings;

export const FRAMEWORKS: Readonly<Record<Framework, string>> = {
  nist: 'NIST SP 800-53 Rev. 5',
  iso: 'ISO/IEC 27001:2022 Annex A',
  cis: 'CIS Controls v8.1',
};

/** Every requirement that a control supports, framework by framework. */
export function requirementsOf(
  mappings: Mappings,
): { readonly framework: Framework; readonly requirement: Requirement }[] {
  return (Object.keys(FRAMEWORKS) as Framework[]).flatMap((framework) =>
    mappings[framework].map((requirement) => ({ framework, requirement })),
  );
}

/** The annotation of a kind that still holds, the newest of several. */
export function annotationOf(
  { annotations }: Pick<ControlResult, 'annotations'>,
  kind: AppliedAnnotation['kind'],
): AppliedAnnotation | undefined {
  return annotations.filter((annotation) => annotation.kind === kind && !annotation.expired).at(-1);
}

/** The command that tells more about a verdict. */
export const explainCommand = (connectionId: string, id: ControlId): string =>
  `temporal-mimecast posture ${connectionId} --explain ${id}`;
