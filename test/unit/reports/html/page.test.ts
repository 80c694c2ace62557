import { describe, expect, test } from 'vitest';
import { renderReport } from '../../../../reports/html/page.js';
import { CONTROL_IDS, evaluation, OWNER } from '../../../support/reports/believable-record.js';
import { day, reportInput } from '../../../support/reports/believable-report.js';
import { emptyInput, HOSTILE, INPUTS } from '../../../support/reports/inputs.js';
import { attribute, attributesOf, readPage } from '../../../support/reports/page-tree.js';

const INERT = new Set(['http-equiv', 'content']);

describe.each(INPUTS)('a page %s', (_, input) => {
  const source = renderReport(input());
  const page = readPage(source);

  test('is well formed, and the same bytes each time', () => {
    expect(page.errors).toEqual([]);
    expect(renderReport(structuredClone(input()))).toBe(source);
  });

  test('asks for nothing and runs nothing', () => {
    const names = page.elements.map(({ tagName }) => tagName);
    expect(
      names.filter((name) =>
        ['script', 'link', 'img', 'iframe', 'object', 'form', 'base', 'foreignobject'].includes(name),
      ),
    ).toEqual([]);
    const attributes = page.elements.flatMap(({ attrs }) => attrs).filter(({ name }) => !INERT.has(name));
    expect(attributes.filter(({ name }) => name.startsWith('on') || name === 'src' || name === 'style')).toEqual([]);
    expect(attributesOf(page, 'href').filter((href) => !href.startsWith('#'))).toEqual([]);
    expect(source).not.toMatch(/@import|url\((?!#)/);
  });

  test('has ids that are there once, and every reference to one finds it', () => {
    const ids = attributesOf(page, 'id');
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    const referred = [
      ...attributesOf(page, 'href').map((href) => href.slice(1)),
      ...['aria-labelledby', 'aria-describedby'].flatMap((name) =>
        attributesOf(page, name).flatMap((value) => value.split(' ')),
      ),
      ...[...source.matchAll(/url\(#([^)]+)\)/g)].map(([, id = '']) => id),
    ];
    expect(referred.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test('has landmarks, headings in order, captions, and pictures that say what they show', () => {
    const of = (name: string) => page.elements.filter(({ tagName }) => tagName === name);
    const inHtml = (name: string) => of(name).filter(({ namespaceURI }) => namespaceURI.endsWith('xhtml'));
    expect(['html', 'header', 'main', 'nav', 'footer', 'h1', 'title'].map((name) => inHtml(name).length)).toEqual([
      1, 1, 1, 1, 1, 1, 1,
    ]);
    expect(of('html').map((html) => attribute(html, 'lang'))).toEqual(['en']);
    const levels = page.elements.flatMap(({ tagName }) => (/^h[1-6]$/.test(tagName) ? [Number(tagName[1])] : []));
    expect(levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1)).toEqual([]);
    expect(of('caption')).toHaveLength(of('table').length);
    const pictures = of('svg').filter((svg) => attribute(svg, 'aria-hidden') !== 'true');
    expect(
      pictures.filter(
        (svg) => attribute(svg, 'role') !== 'img' || !svg.childNodes.some(({ nodeName }) => nodeName === 'title'),
      ),
    ).toEqual([]);
    expect(of('th').filter((th) => attribute(th, 'scope') === undefined)).toEqual([]);
  });
});

test('every control has its place once, under what was said of it', () => {
  const page = readPage(renderReport(reportInput()));
  const places = attributesOf(page, 'id').filter((id) => /^control-(?!.*-heading$)/.test(id));
  expect(places.sort()).toEqual(CONTROL_IDS.map((id) => `control-${id}`).sort());
});

test('the sections are in the order in which they are asked for', () => {
  const page = readPage(renderReport(reportInput()));
  const sections = page.elements.filter(({ tagName }) => tagName === 'section').map((one) => attribute(one, 'id'));
  expect(sections).toEqual([
    'limits',
    'counts',
    'fails',
    'unknowns',
    'decisions',
    'passes',
    'time',
    'completeness',
    'drift',
    'statistics',
    'changes',
    'provenance',
    'mappings',
  ]);
});

test('names of people, and notes that may hold them, are there only when they are asked for', () => {
  expect(renderReport(reportInput())).not.toContain(OWNER);
  const named = renderReport(reportInput({ names: true }));
  expect(named.split(OWNER).length).toBeGreaterThan(3);
});

test('without a record the page says so, and claims nothing', () => {
  const { text } = readPage(renderReport(emptyInput()));
  expect(text).toMatch(/Nothing had been evaluated for acme by\s+23 Nov 2026, 02:10 UTC/);
  expect(text).toContain('This was not looked at for this report');
  expect(text).not.toMatch(/No control fails|without a gap|is held/);
});

test('what others wrote is shown, and is no markup; what turns a line around is made visible', () => {
  const { text } = readPage(
    renderReport(
      reportInput({
        evaluation: evaluation({ controls: evaluation().controls.map((control) => ({ ...control, reason: HOSTILE })) }),
      }),
    ),
  );
  expect(text).toContain(
    '<script>alert(1)</script>"\'><img src=x onerror=alert(2)>&lt;\n=cmd()\uFFFD\uFFFD\uFFFD\uFFFD[U+202E]evil',
  );
});

test('counts under five are hidden, and do not follow from what is shown', () => {
  const statistics = [
    day(1, { rows: 3, byResult: { clean: 3 }, byAction: { allow: 3 } }),
    day(2, {
      rows: 107,
      byResult: { clean: 97, malicious: 7, spam: 3 },
      byAction: { allow: 107 },
      maliciousAllowed: 2,
    }),
  ];
  const { text } = readPage(renderReport(reportInput({ statistics })));
  const shown = text.slice(text.indexOf('URL Protection: '), text.indexOf('Changes of keys and settings'));
  const words = shown.replace(/\s+/g, ' ');
  expect(words).toContain('URL Protection: 107 clicks');
  expect(words).toContain('clean 97 malicious withheld spam <5');
  expect(words).toContain('Malicious, but let through <5');
  expect(words).not.toContain('110');
});

test('a share is never overstated', () => {
  const spans = [
    { verdict: 'pass', from: '2026-10-24T02:10:00.000Z', to: '2026-11-23T02:09:00.000Z' },
    { verdict: 'fail', from: '2026-11-23T02:09:00.000Z', to: '2026-11-23T02:10:00.000Z' },
  ] as const;
  const { text } = readPage(renderReport(reportInput({ states: [{ id: 'archiving-on', spans }] })));
  const words = text.replace(/\s+/g, ' ');
  expect(words).toContain('Pass 99.9 % (29 d 23 h) · Fail under 0.1 % (1 min) · 1 change');
});
