import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeIn, page, ROOT, tableUnder } from './pages.js';

const SECURITY = page('docs/security.md');
const MODEL = tableUnder(SECURITY, 'Threat model');

test('the threat model covers everyone with access to a part', () => {
  expect(MODEL.header).toEqual(['who', 'access', 'can', 'cannot', 'tests']);
  expect(MODEL.rows.map(([who]) => who)).toEqual([
    'message writer',
    'history reader',
    'database writer',
    'database reader',
    'vendor',
    'network',
    'working folder',
    'worker host',
  ]);
  for (const row of MODEL.rows) expect(row.filter((cell) => cell.trim() === '')).toEqual([]);
});

test.each(MODEL.rows.map(([who = '', , , , tests = '']) => [who, codeIn(tests)] as const))(
  'what the %s cannot do is shown by test files that exist',
  (_, files) => {
    expect(files).not.toEqual([]);
    expect(files.filter((file) => !/^test\/.*\.test\.ts$/.test(file) || !existsSync(join(ROOT, file)))).toEqual([]);
  },
);

test('every test file that the page names exists', () => {
  const named = SECURITY.spans.map(({ text }) => text).filter((text) => text.startsWith('test/'));
  expect(named.length).toBeGreaterThan(MODEL.rows.length);
  expect(named.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});
