import { expect, test } from 'vitest';
import { CATALOGUE } from '../../../../posture/controls/catalogue.js';
import type { Requirement } from '../../../../model/verdicts.js';

const ids = (requirements: readonly Requirement[]): string => requirements.map(({ id }) => id).join(' ');

test('the catalogue: what is judged, about whom, how grave it is, and what it supports', () => {
  const rows = CATALOGUE.map(({ id, severity, subject, mappings: { nist, iso, cis } }) =>
    [id, severity, subject, ids(nist), ids(iso), ids(cis)].join(' | '),
  );
  expect(rows).toEqual([
    'url-protection-policy | high | tenant | SI-3 | A.8.23 | 9.3',
    'url-protection-operating | medium | tenant | SI-3 | A.8.7 | 9.3',
    'attachment-management-policy | medium | tenant | SI-3 | A.8.7 | 9.6',
    'attachment-sandbox-operating | high | tenant | SC-44 SI-3 | A.8.7 | 9.7',
    'content-examination-outbound | high | tenant | SC-7(10) AC-4 | A.8.12 | 3.13',
    'content-examination-inbound | medium | tenant | SI-4(4) | A.5.14 | ',
    'blocked-senders-policy | low | tenant | SI-8 |  | ',
    'no-broad-override | high | tenant | CM-6 | A.8.9 | 4.1',
    'policy-expiring | medium | tenant | CM-6 | A.8.9 | 4.1',
    'archiving-on | high | tenant | SI-12 | A.5.33 | 3.4',
    'archive-retention | high | tenant | SI-12 | A.5.33 | 3.4',
    'audit-evidence | high | collector | AU-12 AU-11 | A.8.15 | 8.12',
    'evidence-fresh | high | collector | CA-7 | A.8.16 | ',
    'credential-age | medium | collector | IA-5 | A.5.17 | ',
    'api-generation | info | collector |  |  | ',
  ]);
});

test('only the generation of the API is told without making a command fail', () => {
  expect(CATALOGUE.filter(({ advisory }) => advisory).map(({ id }) => id)).toEqual(['api-generation']);
});

test('only what shows that a protection acts has no fail', () => {
  expect(CATALOGUE.filter(({ rule }) => rule.fail === undefined).map(({ id }) => id)).toEqual([
    'url-protection-operating',
    'attachment-sandbox-operating',
  ]);
});

test('every control explains itself in whole sentences, and why it matters in two at most', () => {
  for (const { id, rationale, remediation, rule, limits } of CATALOGUE) {
    for (const text of [rationale, remediation, rule.pass, rule.fail ?? '.', rule.unknown, limits]) {
      expect([id, text]).toEqual([id, expect.stringMatching(/\.$/)]);
    }
    expect([id, rationale.split(/[.!?] /).length <= 2]).toEqual([id, true]);
  }
});
