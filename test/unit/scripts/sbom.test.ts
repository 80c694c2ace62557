import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));

interface Bom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly metadata: { readonly component: { readonly name: string; readonly purl: string; readonly version: string } };
  readonly components: readonly { readonly 'bom-ref': string; readonly purl: string; readonly hashes?: unknown }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** A package with its dependencies, as `npm ls --json` lists it. */
interface Listed {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, Listed>>;
}

let folder: string;
let text: string;
let bom: Bom;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sbom-'));
  text = await written('first.json');
  bom = JSON.parse(text) as Bom;
});
afterAll(() => rm(folder, { recursive: true }));

async function written(name: string): Promise<string> {
  const script = join(REPOSITORY, 'scripts', 'sbom.mjs');
  const { stdout } = await run(process.execPath, [script, join(folder, name)], { cwd: folder });
  expect(stdout).toBe('');
  return await readFile(join(folder, name), 'utf8');
}

function listedIn({ dependencies = {} }: Listed): string[] {
  return Object.entries(dependencies).flatMap(([name, listed]) =>
    listed.version === undefined ? [] : [`${name}@${listed.version}`, ...listedIn(listed)],
  );
}

test('the bill of materials is CycloneDX of this package', () => {
  expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5' });
  expect(bom.metadata.component).toMatchObject({
    name: '@surecloud/temporal-mimecast',
    purl: `pkg:npm/%40surecloud/temporal-mimecast@${bom.metadata.component.version}`,
  });
});

test('it names exactly the packages that run at a user', async () => {
  const { stdout } = await run('npm', ['ls', '--omit=dev', '--all', '--package-lock-only', '--json'], {
    cwd: REPOSITORY,
    maxBuffer: 64 * 1024 * 1024,
  });
  const expected = [...new Set(listedIn(JSON.parse(stdout) as Listed))].sort();
  expect(bom.components.map((component) => component['bom-ref']).sort()).toEqual(expected);
  expect(expected).toEqual(expect.arrayContaining([expect.stringMatching(/^pg@/), expect.stringMatching(/^zod@/)]));
});

test('each dependency in it is one of its components, and each component has its digest', () => {
  const refs = new Set(bom.components.map((component) => component['bom-ref']));
  expect(bom.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.has(ref))).toEqual([]);
  expect(bom.components.filter(({ hashes }) => hashes === undefined)).toEqual([]);
});

test('it is the same, byte for byte, at another time', async () => {
  expect(await written('second.json')).toBe(text);
  expect(text).not.toContain('timestamp');
  expect(text).not.toContain(REPOSITORY);
});
