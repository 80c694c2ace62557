import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeIn, page, ROOT, tableUnder } from './pages.js';

/** CONTRIBUTING.md says what `npm run check:rooms` enforces, and why each package is there. */

interface Room {
  readonly rooms?: readonly string[];
  readonly types?: readonly string[];
  readonly packages?: readonly string[];
  readonly node?: boolean;
}

const { rooms: rules } = createRequire(import.meta.url)(join(ROOT, '.dependency-cruiser.cjs')) as {
  readonly rooms: {
    readonly ROOMS: Readonly<Record<string, Room>>;
    readonly EVIDENCE: Readonly<Record<string, readonly string[]>>;
  };
};

const CONTRIBUTING = page('CONTRIBUTING.md');

/** The places that a pattern of the rules names: `mimecast/(credentials|regions)` is two files. */
function placesOf(pattern: string): string[] {
  const [, before = '', alternatives = ''] = /^(.*)\(([^)]+)\)$/.exec(pattern) ?? [];
  const named = alternatives === '' ? [pattern] : alternatives.split('|').map((name) => `${before}${name}`);
  return named.map((place) => (existsSync(join(ROOT, `${place}.ts`)) ? `${place}.ts` : `${place}/`));
}

test('the table of rooms says what the check enforces', () => {
  const told = tableUnder(CONTRIBUTING, 'The rooms').rows.map(([room = '', , imports = '', packages = '', node]) => {
    const [code = '', types = ''] = imports.split('types of');
    return [codeIn(room)[0], { rooms: codeIn(code), types: codeIn(types), packages: codeIn(packages).sort(), node }];
  });
  const enforced = Object.entries(rules.ROOMS).map(([room, { rooms = [], types = [], packages = [], node = true }]) => [
    `${room}/`,
    {
      rooms: rooms.flatMap(placesOf),
      types: types.flatMap(placesOf),
      packages: packages.toSorted(),
      node: node ? 'yes' : 'no',
    },
  ]);
  expect(told).toEqual(enforced);
});

test('the table of the rooms of evidence/ does, too', () => {
  const told = tableUnder(CONTRIBUTING, 'The rooms of evidence/').rows.map(([room = '', , imports = '']) => [
    codeIn(room)[0],
    codeIn(imports),
  ]);
  const enforced = Object.entries(rules.EVIDENCE).map(([room, below]) => [
    `evidence/${room}/`,
    below.map((name) => `evidence/${name}/`),
  ]);
  expect(told).toEqual(enforced);
});

test('every package that users install is explained, and no other', () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly peerDependencies: Readonly<Record<string, string>>;
  };
  const installed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  const needed = new Set(installed.map((name) => (name.startsWith('@temporalio/') ? '@temporalio/*' : name)));
  const explained = tableUnder(CONTRIBUTING, 'Dependencies').rows.flatMap(([name = '']) => codeIn(name));
  expect(explained.toSorted()).toEqual([...needed].sort());
});

test('every package of a checkout is explained, and no other', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const explained = tableUnder(CONTRIBUTING, 'Only for development').rows.flatMap(([name = '']) => codeIn(name));
  expect(explained.toSorted()).toEqual(Object.keys(devDependencies).sort());
});
