import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EvidenceNamespaceError } from '../../../../evidence/database/errors.js';
import { groupsOf, isAdopted, queuesOf, strayEntities, type AdoptNamespace } from '../../../../worker/upgrade/plan.js';

describe('the namespace of a database', () => {
  const old = { name: 'default', id: 'id-1' };
  test.each<[string, Parameters<typeof isAdopted>[0], AdoptNamespace | undefined, boolean | 'refused']>([
    ['is taken when there is none', undefined, undefined, false],
    ['is the one at hand', old, undefined, false],
    ['is the one at hand, as far as is known', { name: 'default' }, undefined, false],
    ['is another one of the same name', { name: 'default', id: 'id-0' }, undefined, 'refused'],
    ['has another name', { name: 'production', id: 'id-1' }, undefined, 'refused'],
    ['is the one at hand, and is not to be kept', old, 'if-other', false],
    ['is another one, and is not to be kept', { name: 'default', id: 'id-0' }, 'if-other', true],
    ['has another name, and is not to be kept', { name: 'production' }, 'if-other', true],
    ['is not there, and is not to be kept', undefined, 'if-other', false],
    ['is the one at hand, and everything is to be restarted', old, 'always', true],
    ['is another one, and everything is to be restarted', { name: 'production' }, 'always', true],
    ['is not there, and everything is to be restarted', undefined, 'always', true],
  ])('%s', (_, claimed, adopt, expected) => {
    const decide = () => isAdopted(claimed, old, adopt);
    if (expected === 'refused') expect(decide).toThrow(EvidenceNamespaceError);
    else expect(decide()).toBe(expected);
  });
});

const entity = (connectionId: string, taskQueue = 'mimecast') => ({
  connectionId,
  workflowId: `mimecast/${connectionId}`,
  runId: `run-of-${connectionId}`,
  taskQueue,
});

test('workers have to stop on the configured queue, and on each that workflows are on', () => {
  const queues = (entities: Parameters<typeof queuesOf>[1]) => queuesOf('mimecast', entities, new Set(['a', 'b', 'c']));
  expect(queues([])).toEqual(['mimecast']);
  expect(queues([entity('a', 'own'), entity('b'), entity('c', 'own')])).toEqual(['mimecast', 'own']);
  expect(queues([entity('of-another-database', 'another')])).toEqual(['mimecast']);
});

test('a workflow without a row is told from one of a row that is disconnected', () => {
  const rows = [
    { connectionId: 'live', state: 'connected' },
    { connectionId: 'leaving', state: 'disconnecting' },
    { connectionId: 'gone', state: 'disconnected' },
  ] as const;
  const entities = ['live', 'leaving', 'gone', 'nobody'].map((connectionId) => entity(connectionId));
  expect(strayEntities(entities, rows)).toEqual({ withoutRow: [entity('nobody')], disconnected: [entity('gone')] });
});

test('groups hold every connection once, in order, and are no larger than they may be', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string()), fc.integer({ min: 1, max: 20 }), (ids, size) => {
      const connections = ids.map((connectionId) => ({ connectionId, state: 'connected' as const, version: 0 }));
      const groups = groupsOf(connections, size);
      expect(groups.flat()).toEqual(connections);
      for (const [index, group] of groups.entries()) {
        expect(group.length).toBe(index < groups.length - 1 ? size : ids.length - size * (groups.length - 1));
      }
    }),
  );
});
