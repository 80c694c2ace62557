import type { ControlId, Mappings } from '../../model/verdicts.js';
import { requirementsOf, type Framework, type Product } from './rendering.js';
import { stableUuid } from './uuid.js';

/**
 * Namespace of this product's properties. An identifier, not an address; a URL, because common tools accept no other
 * URI here.
 */
const OUR_NAMESPACE = 'https://surecloud.com/ns/temporal-mimecast';

const NIST_RESOURCE = stableUuid('resource', 'nist-sp-800-53-rev5');

const PROPERTY: Readonly<Record<Framework, string>> = {
  nist: 'nist-sp-800-53-rev5',
  iso: 'iso-iec-27001-2022-annex-a',
  cis: 'cis-controls-v8.1',
};

/** Returns the id of a control's objective, as used in findings. */
export const objectiveOf = (id: ControlId): string => `${id}_obj`;

/** Returns the id of the resource that describes this product's controls. */
export const ourCatalogue = (connectionId: string): string => stableUuid('catalogue', connectionId);

export const ourProperty = (name: string, value: string): Record<string, string> => ({
  name,
  ns: OUR_NAMESPACE,
  value,
});

/**
 * Returns the requirements that a control supports: properties for all frameworks, and related links for NIST, which
 * has an OSCAL catalogue.
 */
export function catalogueLinks(mappings: Mappings): Record<string, unknown> {
  const props = requirementsOf(mappings).map(({ framework, requirement: { id, title } }) => ({
    ...ourProperty(PROPERTY[framework], id),
    remarks: title,
  }));
  const links = mappings.nist.map(({ id, title }) => ({
    href: `#${NIST_RESOURCE}`,
    rel: 'related',
    'resource-fragment': oscalControlId(id),
    text: `${id} ${title}`,
  }));
  return { ...(props.length > 0 && { props }), ...(links.length > 0 && { links }) };
}

/** Converts a NIST control id to its form in the OSCAL catalogue: `SC-7(10)` is `sc-7.10`. */
const oscalControlId = (id: string): string => id.toLowerCase().replace(/\((\d+)\)/g, '.$1');

export function catalogueResources(connectionId: string, { name, version }: Product): Record<string, unknown>[] {
  return [
    {
      uuid: ourCatalogue(connectionId),
      title: `Controls of ${name} ${version}`,
      description:
        'Statements about a Mimecast tenant and about what collects its evidence; each is defined in this document.',
    },
    {
      uuid: NIST_RESOURCE,
      title: 'NIST SP 800-53 Rev. 5',
      description:
        'Security and Privacy Controls for Information Systems and Organizations. A control here supports what it is linked to; it never satisfies it alone.',
      rlinks: [{ href: 'https://doi.org/10.6028/NIST.SP.800-53r5' }],
    },
  ];
}
