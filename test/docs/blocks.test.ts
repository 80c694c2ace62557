import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { checkDocuments } from '../../client/apply/check.js';
import { createKeyring, sealingKey } from '../../vault/keyring.js';
import { sealCredentials } from '../../vault/sealing.js';
import { GUIDES, type Block } from './pages.js';

/**
 * Languages of code blocks, each with the words that may follow it in the info string. `text` is for pictures and for output
 * without the command that printed it.
 */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  ts: [],
  // `run`: on real servers, in the order of the page.
  sh: ['run'],
  // Commands behind `$`, and what they print.
  console: ['run'],
  json: [],
  // `apply`: a file for this command.
  yaml: ['apply'],
  sql: [],
  python: [],
  text: ['tour'],
};

const BLOCKS = GUIDES.flatMap(({ blocks }) => blocks);
const blocksOf = (language: string): (readonly [string, Block])[] =>
  BLOCKS.filter((block) => block.language === language).map((block) => [block.where, block]);

test('every block says what it is', () => {
  const unknown = BLOCKS.filter(({ language, words }) => {
    const allowed = KINDS[language];
    return !allowed || words.some((word) => !word.startsWith('file=') && !allowed.includes(word));
  });
  expect(unknown.map(({ where, language, words }) => [where, language, ...words])).toEqual([]);
});

describe('json', () => {
  test.each(blocksOf('json'))('%s is JSON', (_where, { text }) => {
    expect(JSON.parse(text)).toBeTypeOf('object');
  });
});

describe('yaml', () => {
  test.each(blocksOf('yaml'))('%s is YAML', (_where, { text }) => {
    expect(parseAllDocuments(text).flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
  });

  test.each(blocksOf('yaml').filter(([, { words }]) => words.includes('apply')))(
    '%s is a file that apply takes',
    async (_where, { text }) => {
      const documents = parseAllDocuments(await whole(text)).map((document) => document.toJS() as unknown);
      const rules = { allowLoopback: false, now: new Date(), keyField: 'keysFrom' } as const;
      expect(checkDocuments(documents, rules).problems).toEqual([]);
    },
  );
});

/** Sealed keys are too long to be shown: `eyJhbGciOi…` stands for these. */
async function whole(text: string): Promise<string> {
  const key = sealingKey(await createKeyring());
  const sealed = await sealCredentials(key, 'acme', { clientId: 'client-id', clientSecret: 'client-secret' });
  return text.replace(/eyJ\w*…/, sealed);
}

const hasPython = spawnSync('python3', ['--version']).status === 0;

describe.runIf(hasPython)('python', () => {
  test.each(blocksOf('python'))('%s is Python', (_where, { text }) => {
    const check = ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'];
    const { status, stderr } = spawnSync('python3', check, { input: text, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
});
