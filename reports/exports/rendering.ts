import type { AppliedAnnotation, ControlId, ControlResult, Mappings, Requirement } from '../../model/verdicts.js';

/** The rendering product, as named in exports. */
export interface Product {
  readonly name: string;
  readonly vendor: string;
  readonly version: string;
}

/** Options for rendering a record. The same record and options give the same bytes. */
export interface Rendering {
  readonly product: Product;
  /** True to show names of people. Otherwise they are replaced by a word that says so. */
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

/** Returns all requirements that a control supports, grouped by framework. */
export function requirementsOf(
  mappings: Mappings,
): { readonly framework: Framework; readonly requirement: Requirement }[] {
  return (Object.keys(FRAMEWORKS) as Framework[]).flatMap((framework) =>
    mappings[framework].map((requirement) => ({ framework, requirement })),
  );
}

/** Returns the newest annotation of a kind that has not expired. */
export function annotationOf(
  { annotations }: Pick<ControlResult, 'annotations'>,
  kind: AppliedAnnotation['kind'],
): AppliedAnnotation | undefined {
  return annotations.filter((annotation) => annotation.kind === kind && !annotation.expired).at(-1);
}

/** Returns the command that explains a verdict. */
export const explainCommand = (connectionId: string, id: ControlId): string =>
  `temporal-mimecast posture ${connectionId} --explain ${id}`;
