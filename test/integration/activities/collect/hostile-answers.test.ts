import fc from 'fast-check';
import { describe, expect, onTestFinished } from 'vitest';
import { ENDPOINTS, type EndpointName } from '../../../../mimecast/endpoints.js';
import { PROTECTION_LOGS } from '../../../../mimecast/protection-logs.js';
import type { PolledStream } from '../../../../model/streams.js';
import { ago, HOUR_MS, MINUTE_MS, type Connected, type Engine } from '../../../support/engine.js';
import { anySuccess } from '../../../support/mimecast/any-answer.js';
import { nested } from '../../../support/mimecast/hostile-answers.js';
import { startHostileFront, type HostileFront } from '../../../support/mimecast/hostile-front.js';
import { test as base } from '../../../support/test.js';

const test = base.extend('engineOptions', { scope: 'file' }, { statistics: true });

async function connectThrough(engine: Engine): Promise<Connected & { readonly front: HostileFront }> {
  const front = await startHostileFront(engine.simulator.url);
  onTestFinished(() => front.stop());
  const tenant = engine.addTenant({ events: 20, from: ago(2 * HOUR_MS), to: ago(10 * MINUTE_MS) });
  return { ...(await engine.connect(tenant, { baseUrl: front.url })), front };
}

const success = (data: string, pagination = '{}'): string =>
  `{"meta":{"status":200,"pagination":${pagination}},"data":${data},"fail":[]}`;

const TIME = '2026-04-01T00:10:00+0000';
const event = (fields: string): string => `[{"id":"e1","eventTime":"${TIME}"${fields}}]`;
const click = (fields: string): string => success(`[{"clickLogs":[{"date":"${TIME}",${fields}}]}]`);

/** One answer of each kind that ended in an error that was retried for hours. */
const ANSWERS: readonly (readonly [what: string, stream: PolledStream, endpoint: EndpointName, text: string])[] = [
  ['a total beyond int4', 'audit-events', 'audit-events', success('[]', '{"totalCount":2147483648}')],
  ['a NUL in a page token', 'audit-events', 'audit-events', success(event(''), String.raw`{"next":"a\u0000b"}`)],
  ['a very long page token', 'audit-events', 'audit-events', success(event(''), `{"next":"${'t'.repeat(100_000)}"}`)],
  ['lists in each other', 'audit-events', 'audit-events', success(event(`,"odd":${nested(100_000)}`))],
  ['a number beyond all doubles', 'audit-events', 'audit-events', success(event(',"size":1e400'))],
  ['NULs in an event', 'audit-events', 'audit-events', success(event(String.raw`,"user":"a\u0000","category":7`))],
  ['an event in year 0', 'audit-events', 'audit-events', success('[{"id":"e","eventTime":"0000-01-01T00:00:00Z"}]')],
  ['a code named constructor', 'policies', 'url-protect', '{"meta":{"status":200},"data":[],"fail":[{"code":"constructor"}]}'],
  ['lists in each other', 'policies', 'content-examination', success(`[{"policy":${nested(100_000)}}]`)],
  ['null in every field', 'policies', 'blocked-senders', success('[{"option":"x","policy":{"enabled":null,"to":null}}]')],
  ['null in optional fields', 'account', 'account', success('[{"accountCode":"ACCOUNT","accountName":null,"packages":"x","archive":null}]')],
  ['a NUL in a definition', 'threat-statistics', 'ttp-url-logs', click(String.raw`"ttpDefinition":"a\u0000b\ud800"`)],
  ['a very long definition', 'threat-statistics', 'ttp-url-logs', click(`"ttpDefinition":"${random(20_000)}"`)],
  ['a day beyond year 9999', 'threat-statistics', 'ttp-url-logs', success('[{"clickLogs":[{"date":"9999-12-31T23:59:59-2300"}]}]')],
]; // prettier-ignore

/** Text that Postgres cannot compress into an index. */
function random(length: number): string {
  const [text = ''] = fc.sample(fc.string({ minLength: length, maxLength: length, unit: 'grapheme-ascii' }), {
    numRuns: 1,
    seed: 1,
  });
  return text.replaceAll(/["\\]/g, 'x');
}

async function pollOnce(engine: Engine, id: string, stream: PolledStream) {
  const [report] = await engine.connections.poll(id, [stream]);
  return report;
}

describe('the poll ends, and a good answer is collected after it:', () => {
  test.for(ANSWERS)('%s, %s', async ([, stream, endpoint, text], { engine }) => {
    const { id, tenant, front } = await connectThrough(engine);
    const { path } = ENDPOINTS[endpoint];
    front.answers.set(path, text.replace('ACCOUNT', tenant.accountCode));
    const report = await pollOnce(engine, id, stream);
    expect(['collected', 'partial', 'failed', 'empty']).toContain(report?.outcome);
    expect(report?.error ?? '').not.toMatch(/check Postgres|unexpected|No worker ended/i);

    front.answers.clear();
    expect(await pollOnce(engine, id, stream)).toMatchObject({ outcome: 'collected' });
    expect(await engine.store.proof.verify(id)).toMatchObject({ ok: true });
  });
});

test('a name with a NUL, and null beside it, do not keep a tenant from being connected', async ({ engine }) => {
  const front = await startHostileFront(engine.simulator.url);
  onTestFinished(() => front.stop());
  const tenant = engine.addTenant();
  const name = String.raw`Ex\u0000ample \u202e\u001b[2J`;
  const fields = `"accountName":"${name}","region":null,"packages":null,"archive":"x","userCount":1e400`;
  front.answers.set(ENDPOINTS.account.path, success(`[{"accountCode":"${tenant.accountCode}",${fields}}]`));
  const { id, report } = await engine.connect(tenant, { baseUrl: front.url });
  expect(report).toMatchObject({ ok: true, account: { name: 'Ex\uFFFDample \u202E\u001B[2J' } });
  const { account } = await engine.connections.status(id);
  expect(account).toMatchObject({ code: tenant.accountCode, name: 'Ex\uFFFDample \u202E\u001B[2J' });
});

const LOGS = Object.values(PROTECTION_LOGS).map(({ endpoint }) => endpoint);

test('whatever the endpoints answer, every poll ends, and the next good answers are collected', async ({ engine }) => {
  const { id, front } = await connectThrough(engine);
  const polled: readonly (readonly [PolledStream, readonly EndpointName[]])[] = [
    ['audit-events', ['audit-events']],
    ['policies', ['blocked-senders', 'content-examination', 'url-protect', 'attachment-management']],
    ['archive-settings', ['archive-settings']],
    ['threat-statistics', LOGS],
  ];
  for (const [stream, endpoints] of polled) {
    for (const seed of [1, 2, 3]) {
      for (const endpoint of endpoints) {
        const [text = ''] = fc.sample(anySuccess(endpoint), { numRuns: 1, seed });
        front.answers.set(ENDPOINTS[endpoint].path, text);
      }
      const report = await pollOnce(engine, id, stream);
      expect(report?.error ?? '').not.toMatch(/check Postgres|unexpected|No worker ended/i);
    }
  }
  front.answers.clear();
  for (const [stream] of polled) expect(await pollOnce(engine, id, stream)).toMatchObject({ outcome: 'collected' });
  expect(await engine.store.proof.verify(id)).toMatchObject({ ok: true });
});
