import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GUIDES, page, PAGES, ROOT, type Page } from './pages.js';

/** Links of a page whose file or heading is missing. */
function brokenLinks({ path, links }: Page): string[] {
  return links
    .filter(({ text }) => !/^[a-z]+:/.test(text))
    .flatMap(({ where, text }) => {
      const [file = '', anchor] = text.split('#');
      const target = file === '' ? path : normalize(join(dirname(path), file));
      if (!existsSync(join(ROOT, target))) return [`${where}: ${text}`];
      return anchor === undefined || page(target).anchors.has(anchor) ? [] : [`${where}: ${text}`];
    });
}

const CODE_OR_PAGE = /\.(?:[cm]?[jt]s|json|md|sql|ya?ml)$/;

/** True for a folder of the repository, or a file in one: `evidence/`, `workflows/polls/poll.ts`, `posture/controls/<id>.ts`. */
function isPath(text: string): boolean {
  return /^\.?[\w-]+\/[\w./<>-]*$/.test(text) && (text.endsWith('/') || CODE_OR_PAGE.test(text));
}

/** A `<placeholder>` in a file's name stands for any text. */
function isThere(path: string): boolean {
  if (!path.includes('<')) return existsSync(join(ROOT, path));
  const name = new RegExp(
    `^${basename(path)
      .replaceAll('.', '\\.')
      .replaceAll(/<[^>]+>/g, '.+')}$`,
  );
  const folder = join(ROOT, dirname(path));
  return existsSync(folder) && readdirSync(folder).some((file) => name.test(file));
}

const brokenPaths = ({ spans }: Page): string[] =>
  spans.filter(({ text }) => isPath(text) && !isThere(text)).map(({ where, text }) => `${where}: ${text}`);

describe.each(PAGES.map((guide) => [guide.path, guide] as const))('%s', (_path, guide) => {
  test('every link leads to a file and a heading that are there', () => {
    expect(brokenLinks(guide)).toEqual([]);
  });
});

describe.each(GUIDES.map((guide) => [guide.path, guide] as const))('%s', (_path, guide) => {
  test('every path of the repository that it names is there', () => {
    expect(brokenPaths(guide)).toEqual([]);
  });
});

test('the documentation names files at all', () => {
  expect(GUIDES.flatMap(({ spans }) => spans).filter(({ text }) => isPath(text)).length).toBeGreaterThan(50);
  expect(GUIDES.flatMap(({ links }) => links).length).toBeGreaterThan(20);
});
