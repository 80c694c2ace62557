import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { constants } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { launch, type Browser, type Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderReport } from '../../../reports/html/page.js';
import { INPUTS } from '../../support/reports/inputs.js';

/** Names under which distributions and their packages install it. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'] as const;

const BROWSER = await findBrowser();

/** Path of a browser: from the environment, else the first on the path. */
async function findBrowser(): Promise<string | undefined> {
  const { CHROMIUM_PATH, PATH = '' } = process.env;
  if (CHROMIUM_PATH !== undefined) return CHROMIUM_PATH;
  for (const file of PATH.split(path.delimiter).flatMap((folder) => NAMES.map((name) => path.join(folder, name)))) {
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  return undefined;
}

// A skipped test is one line among hundreds: this notice is easier to see.
if (BROWSER === undefined) {
  process.stderr.write(
    '\nNOT TESTED: the report was opened in no browser, because there is none. Install Chromium, or set CHROMIUM_PATH.\n\n',
  );
}

describe.skipIf(BROWSER === undefined)('the report in Chromium (skipped where there is none)', () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mimecast-report-'));
    browser = await launch({
      executablePath: BROWSER ?? '',
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
      protocolTimeout: 120_000,
    });
    await Promise.all(INPUTS.map(([name, input]) => writeFile(fileOf(name), renderReport(input()))));
  });

  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });

  const fileOf = (name: string): string => path.join(folder, `${name.replaceAll(/\W/g, '-')}.html`);

  interface Look {
    readonly width: number;
    readonly scheme: 'light' | 'dark';
  }

  /** Opens a page, and collects its requests and the errors of the browser. */
  async function open<Seen>(
    name: string,
    { width, scheme }: Look,
    see: (page: Page) => Promise<Seen>,
  ): Promise<{ seen: Seen; requests: string[]; complaints: string[] }> {
    const page = await browser.newPage();
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('dialog', (dialog) => complaints.push(dialog.message()));
    try {
      await page.setViewport({ width, height: 900 });
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      await page.goto(pathToFileURL(fileOf(name)).href);
      return { seen: await see(page), requests, complaints };
    } finally {
      await page.close();
    }
  }

  test.each(
    INPUTS.flatMap(([name]) => [
      { name, width: 1280, scheme: 'light' as const },
      { name, width: 390, scheme: 'dark' as const },
    ]),
  )(
    '$name at $width in $scheme: requests nothing but itself, and is as wide as the window',
    async ({ name, ...look }) => {
      const { seen, requests, complaints } = await open(name, look, async (page) => {
        const width = await page.evaluate('document.documentElement.scrollWidth');
        return { width, title: await page.title() };
      });
      expect(complaints).toEqual([]);
      expect(requests).toEqual([pathToFileURL(fileOf(name)).href]);
      expect(seen.width).toBe(look.width);
      expect(seen.title).toMatch(/^Mimecast evidence report: acme, /);
    },
  );

  test.each(['light', 'dark'] as const)('text stands out from what is behind it, in %s', async (scheme) => {
    const { seen } = await open('as it may be', { width: 1280, scheme }, (page) => page.evaluate(LOW_CONTRAST));
    expect(seen).toEqual([]);
  });

  test('prints on paper, with every section, in dark surroundings too', async () => {
    const { seen } = await open('as it may be', { width: 1280, scheme: 'dark' }, async (page) => {
      const pdf = await page.pdf({ preferCSSPageSize: true });
      await page.emulateMediaType('print');
      return { pdf, paper: await page.evaluate('getComputedStyle(document.body).backgroundColor') };
    });
    expect(Buffer.from(seen.pdf).subarray(0, 5).toString()).toBe('%PDF-');
    expect(seen.paper).toBe('rgb(255, 255, 255)');
  });
});

/**
 * Runs in the page: texts whose contrast with the nearest background is under 4.5, the minimum of WCAG 2.2, 1.4.3. Relative
 * luminance as https://www.w3.org/TR/WCAG22/#dfn-relative-luminance defines it.
 */
const LOW_CONTRAST = `
  (() => {
    const channels = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
    const luminance = ([r, g, b]) => {
      const [R, G, B] = [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
      return 0.2126 * R + 0.7152 * G + 0.0722 * B;
    };
    const behind = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const colour = channels(getComputedStyle(at).backgroundColor);
        if (colour.length === 3 || colour[3] > 0) return colour;
      }
      return [255, 255, 255];
    };
    const texts = [...document.querySelectorAll('body *')].filter(
      (element) => !element.closest('svg') && [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim() !== ''),
    );
    if (texts.length < 100) throw new Error('There is hardly any text to look at.');
    return texts.flatMap((element) => {
      const [one, other] = [channels(getComputedStyle(element).color), behind(element)].map(luminance);
      const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      return contrast < 4.5 ? [element.tagName + '.' + element.className + ' ' + contrast.toFixed(2)] : [];
    });
  })()`;
