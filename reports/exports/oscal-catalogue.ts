import type { ControlId, Mappings } from '../../model/verdicts.js';
import { requirementsOf, type Framework, type Product } from './rendering.js';
import { stableUuid } from './uuid.js';

/** Namespace of the properties that are ours. An identifier, not an address; a URL, because common tools take no other URI here. */
const OUR_NAMESPACE = 'https://surecloud.com/ns/temporal-mimecast';

const NIST_RESOURCE = stableUuid('resource', 'nist-sp-800-53-rev5');

const PROPERTY: Readonly<Record<Framework, string>> = {
  nist: 'nist-sp-800-53-rev5',
  iso: 'iso-iec-27001-2022-annex-a',
  cis: 'cis-controls-v8.1',
};

/** The objective of a control, as findings name it. */
export const objectiveOf = (id: ControlId): string => `${id}_obj`;

/** The resource that describes our controls. */
export const ourCatalogue = (connectionId: string): string => stableUuid('catalogue', connectionId);

export const ourProperty = (name: string, value: string): Record<string, string> => ({
  name,
  ns: OUR_NAMESPACE,
  value,
});

/** What a control supports elsewhere: every framework as properties, and NIST, which has a catalogue in OSCAL, as related links. */
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

/** A control of NIST as its catalogue in OSCAL spells it: `SC-7(10)` is `sc-7.10`. */
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
