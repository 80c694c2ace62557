import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const WORKFLOWS = new URL('../../../.github/workflows/', import.meta.url);
const texts = await Promise.all(
  (await readdir(WORKFLOWS)).map((name) => readFile(new URL(name, WORKFLOWS), 'utf8').then((text) => ({ name, text }))),
);

interface Workflow {
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
}

test.each(texts)('$name runs actions by the digest of a commit, and says which version that is', ({ text }) => {
  const uses = text.split('\n').filter((line) => /^\s*(?:- )?uses:/.test(line));
  expect(uses.length).toBeGreaterThan(0);
  for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test.each(texts)('$name may read the repository and nothing else', ({ text }) => {
  expect((parse(text) as Workflow).permissions).toEqual({ contents: 'read' });
});

test('packages with a known hole fail the build', () => {
  const steps = texts.flatMap(({ text }) => Object.values((parse(text) as Workflow).jobs).flatMap((job) => job.steps));
  expect(steps.map(({ run }) => run)).toContain('npm audit --omit=dev --audit-level=high');
});
