import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findPhrases } from '../../../scripts/language/find-phrases.mjs';

const phrasesIn = (path: string, source: string): string[] => findPhrases(path, source).map(({ phrase }) => phrase);

const inComment = (text: string): string[] => phrasesIn('cli/place.ts', `// ${text}\n`);

describe('prose', () => {
  test.each([
    ['Whoever verifies reads this.', 'whoever'],
    ['Loads the modules anew.', 'anew'],
    ['Mends the clock.', 'mends'],
    ['Closed, as it were.', 'as it were'],
    ['Nobody has said when.', 'nobody has said'],
    ['3 of 4 need nobody.', 'need nobody'],
    ['What cannot be right is refused.', 'what cannot be right'],
    ['Mimecast makes no more of them.', 'makes no more'],
    ['Keys that no ring opens.', 'that no ring opens'],
    ['The backfill is gone on with.', 'gone on with'],
    ['It goes on from its last page.', 'goes on from'],
    ['The operator is told of it.', 'is told of'],
    ['Told before each wait.', 'told before'],
    ['Tells of refused keys.', 'tells of'],
    ['The page that was asked for.', 'was asked for'],
    ['It answered otherwise than before.', 'otherwise than'],
    ['A fault of the server.', 'fault'],
    ['Adds a key to the ring.', 'the ring'],
    ['The rooms of the house.', 'the house'],
    ['A log that holds.', 'holds'],
    ['The rule holds for each of them.', 'holds'],
    ['A verdict that still stands.', 'stands'],
    ['It is valid, unless it is none.', 'it is none'],
    ['Looks whether it is there.', 'looks whether'],
    ['As the issue wants it.', 'the issue'],
    ['See issue #12.', 'issue #12'],
    ['Written in an earlier session.', 'an earlier session'],
  ])('finds %j', (comment, phrase) => {
    expect(inComment(comment)).toContain(phrase);
  });

  test.each([
    'Recommends a new key.',
    'A string that holds 32 bytes.',
    'UTC stands for coordinated universal time.',
    'Told apart by their id.',
    'The operator is asked to confirm.',
    'No more than 100 items.',
    'The default value.',
    'The issue date of the keys.',
    'Sessions of one worker share a token.',
    'Household names.',
    'Called `whoever` by the vendor.',
    'See {@link anew}.',
  ])('accepts %j', (comment) => {
    expect(inComment(comment)).toEqual([]);
  });

  test('finds a phrase across lines, and names the line on which it starts', () => {
    const doc = [
      '/**',
      ' * Returns the page',
      ' * that nobody',
      ' * has said to read.',
      ' */',
      'export const page = 1;',
    ];
    const lines = ['// Stored for a time that no', '// ring opens.'];
    expect(findPhrases('a.ts', doc.join('\n'))).toMatchObject([{ phrase: 'nobody has said', line: 3 }]);
    expect(findPhrases('a.ts', lines.join('\n'))).toMatchObject([{ phrase: 'that no ring opens', line: 1 }, {}]);
  });

  test.each([
    ['/** What is kept of it. */', ['what']],
    ['/**\n * Whether it is due.\n */', ['whether']],
    ['/** Returns what is kept of it. */', []],
    ['// What follows is sorted.', []],
  ])('checks the first word of the doc comment %j', (comment, phrases) => {
    expect(phrasesIn('a.ts', `${comment}\nexport const kept = 1;\n`)).toEqual(phrases);
  });
});

describe('names', () => {
  test.each([
    ['interface LogSaying {}', 'saying'],
    ['type Asked = string;', 'asked'],
    ['class GivenKeys {}', 'given'],
    ['function whyRefused() {}', 'why refused'],
    ['const whyRefused = 1;', 'why refused'],
    ['const keptOrNot = () => 1;', 'kept or not'],
    ['function isToPoll() {}', 'is to poll'],
    ['const keyFault = 1;', 'fault'],
    ['const f = (ring: string) => ring;', 'ring'],
    ['function keepHouse() {}', 'keep house'],
    ['import { a as mendedKey } from "b";', 'mended'],
    ['const { a: ringKey } = b;', 'ring'],
  ])('finds %j', (source, phrase) => {
    expect(phrasesIn('a.ts', source)).toEqual([phrase]);
  });

  test.each([
    'interface Stored { readonly asked: string }',
    'const entry = { fault: 1 };',
    'const { fault } = entry;',
    'import { whyRefused } from "elsewhere";',
    'whyRefused(ring);',
    'const asked = 1;',
    'const stringOf = 1;',
    'const whyte = 1;',
  ])('accepts %j, which declares no such name of its own', (source) => {
    expect(phrasesIn('a.ts', source)).toEqual([]);
  });

  test('reads the names of files', () => {
    expect(phrasesIn('activities/keep-house.ts', '')).toEqual(['keep house']);
  });
});

describe('places', () => {
  const text = 'Mend the clock anew.';

  test('leaves string literals to their authors, and reads them once they are in scope', () => {
    const source = `export const message = \`\${name}: ${text}\`;`;
    expect(phrasesIn('a.ts', source)).toEqual([]);
    expect(findPhrases('a.ts', source, ['texts']).map(({ phrase }) => phrase)).toEqual(['mend', 'anew']);
  });

  test('reads comments behind and inside code', () => {
    expect(phrasesIn('a.ts', `const a = \`\${/* ${text} */ 1}\`; // Anew.`)).toEqual(['mend', 'anew', 'anew']);
    expect(phrasesIn('a.ts', `const a = '// ${text}', b = /\\/\\/ mend anew/;`)).toEqual([]);
  });

  test('reads the prose of a document, not its code', () => {
    const document = [
      '# Whoever reads',
      '',
      `\`mend\` is a command:`,
      '',
      '```',
      text,
      '```',
      '',
      '| Anew |',
      '| --- |',
    ];
    expect(findPhrases('docs/a.md', document.join('\n'))).toMatchObject([
      { phrase: 'whoever', line: 1 },
      { phrase: 'anew', line: 9 },
    ]);
  });

  test('accepts faults where they are injected', () => {
    expect(phrasesIn('sandbox/simulator/faults.ts', '// Injects a fault.')).toEqual([]);
    expect(phrasesIn('mimecast/a.ts', '// Injects a fault.')).toEqual(['fault']);
  });
});

describe('the command', () => {
  const CHECK = join(import.meta.dirname, '../../../scripts/check-language.mjs');
  const run = (file: string): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, [CHECK, file], { encoding: 'utf8' });

  test('names the place, the phrase and what to write, and fails', () => {
    const folder = mkdtempSync(join(tmpdir(), 'language-'));
    try {
      const file = join(folder, 'a.ts');
      writeFileSync(file, 'export const a = 1;\n// Read anew.\n');
      const bad = run(file);
      expect(bad.stdout).toMatch(/a\.ts:2 {2}"anew" {2}→ {2}again/);
      expect(bad.status).toBe(1);
      writeFileSync(file, 'export const a = 1;\n// Read again.\n');
      expect(run(file)).toMatchObject({ status: 0, stdout: '' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
