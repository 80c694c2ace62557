import { expect, test } from 'vitest';
import { testConnection } from '../../../../activities/probe/test-connection.js';
import { reach } from '../../../support/activities/tenant-under-test.js';

test('logs that may not be read, or that are not there, say nothing against the keys', async () => {
  const reached = await reach();
  reached.running.setAccess('ttp-url-logs', 'forbidden');
  reached.running.setAccess('dlp-logs', 'missing');
  const report = await testConnection(reached.api, reached.row);
  expect(report).toMatchObject({ ok: false, authentication: 'accepted' });
  expect(report.action).toBe(
    'Grant "Monitoring | URL Protection | Read" to the role of the API user, then "poll acme threat-statistics".',
  );
});

test('the statistics of API 2.0 are tried where the connection speaks it', async () => {
  const { api, row } = await reach({ settings: { apiVersion: '2.0' } });
  const report = await testConnection(api, row);
  expect(report.endpoints.slice(-3).map(({ endpoint, outcome, path }) => [endpoint, outcome, path])).toEqual([
    ['stats-url-clicks', 'collected', '/threats/v1/stats/url-clicks'],
    ['stats-attachment-scans', 'collected', '/threats/v1/stats/attachment-scans'],
    ['stats-impersonations', 'collected', '/threats/v1/stats/impersonations'],
  ]);
});
