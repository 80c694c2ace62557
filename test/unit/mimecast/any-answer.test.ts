import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accountIdentity } from '../../../activities/keys/account-identity.js';
import { toFailure } from '../../../activities/failures.js';
import { canonicalJson } from '../../../evidence/database/canonical.js';
import { prepareEvents } from '../../../evidence/events/prepare-events.js';
import { contentDigest } from '../../../evidence/observations/content-digest.js';
import { differencesBetween } from '../../../evidence/observations/differences.js';
import { countRows } from '../../../evidence/statistics/cell.js';
import { digestRows } from '../../../evidence/statistics/row-digests.js';
import { readAuditPage } from '../../../mimecast/audit-events.js';
import { ENDPOINTS, type EndpointName } from '../../../mimecast/endpoints.js';
import { MimecastError } from '../../../mimecast/mimecast-error.js';
import { PROTECTION_LOGS, type ProtectionName } from '../../../mimecast/protection-logs.js';
import { readProtectionPage } from '../../../mimecast/protection-page.js';
import { readEndpoint, type WholeEndpoint } from '../../../mimecast/read-endpoint.js';
import type { MimecastApi } from '../../../mimecast/api.js';
import { CATALOGUE } from '../../../posture/controls/catalogue.js';
import { anyAnswer, anySuccess } from '../../support/mimecast/any-answer.js';
import { serveHostile } from '../../support/mimecast/hostile-answers.js';
import { answer, GOOD, judge, withItems } from '../../support/posture/facts.js';

const range = {
  ...{ pageSize: 500, tokenIn: 'meta' as const },
  start: new Date('2026-04-01T00:00:00Z'),
  end: new Date('2026-04-01T01:00:00Z'),
};
const ROW_KEY = { key: Buffer.alloc(32), createdAt: new Date(0) };

/** Reads an endpoint, and does with the result everything that a poll does with it before it stores it. */
async function collect(api: MimecastApi, name: EndpointName): Promise<readonly unknown[]> {
  if (name === 'audit-events') {
    const { events } = await readAuditPage(api, range);
    prepareEvents(events);
    return [];
  }
  const log = Object.entries(PROTECTION_LOGS).find(([, { endpoint }]) => endpoint === name);
  if (log) {
    const { rows } = await readProtectionPage(api, log[0] as ProtectionName, range);
    JSON.stringify(
      countRows(
        digestRows(rows, ROW_KEY).map(({ row }) => row),
        undefined,
      ),
    );
    for (const { raw } of rows) canonicalJson(raw);
    return [];
  }
  const { items, body } = await readEndpoint(api, name as WholeEndpoint, range);
  if (name === 'account') accountIdentity(items);
  contentDigest(body);
  differencesBetween(items, [{ other: 1 }]);
  return JSON.parse(canonicalJson(body)) as unknown[];
}

/** No control passes because of such items: an answer in an unknown form is no evidence. */
function expectNoPass(name: EndpointName, items: readonly unknown[]): void {
  if (items.length === 0) return;
  const facts = withItems(name, items);
  for (const { id } of CATALOGUE) {
    const { verdict, basis } = judge(id, facts);
    if (verdict === 'pass') expect(basis.map(({ source }) => source)).not.toContain(name);
  }
}

async function outcomeOf(api: MimecastApi, name: EndpointName): Promise<'read' | 'final' | 'again'> {
  try {
    expectNoPass(name, await collect(api, name));
    return 'read';
  } catch (error) {
    expect(error).toBeInstanceOf(MimecastError);
    expect(JSON.stringify(toFailure(error)).length).toBeLessThan(20_000);
    return (error as MimecastError).retryable ? 'again' : 'final';
  }
}

const NAMES = Object.keys(ENDPOINTS) as EndpointName[];

test.each(NAMES)(
  '%s: any JSON is read or refused by name, by both versions of the API, and nothing passes by it',
  async (name) => {
    const server = await serveHostile();
    await fc.assert(
      fc.asyncProperty(anyAnswer, fc.constantFrom(...Object.values(server.apis)), async (text, api) => {
        server.answer(text);
        await outcomeOf(api, name);
      }),
      { numRuns: 60 },
    );
  },
);

test.each(NAMES)('%s: a success with any items is not asked for again and again', async (name) => {
  const server = await serveHostile();
  await fc.assert(
    fc.asyncProperty(anySuccess(name), fc.constantFrom(...Object.values(server.apis)), async (text, api) => {
      server.answer(text);
      expect(['read', 'final']).toContain(await outcomeOf(api, name));
    }),
    { numRuns: 60 },
  );
});

test('a good list passes: the properties above can fail', () => {
  const [item] = GOOD.endpoints['url-protect']?.readable?.items ?? [];
  expect(() => {
    expectNoPass('url-protect', [item]);
  }).toThrow();
  expect(answer([item]).readable?.items).toEqual([item]);
});
