import { dirname, join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { GUIDES, ROOT, type Block } from './pages.js';

/**
 * Every `ts` block is a file that compiles against the built package, as a user's code does: by the package's own `exports`, with
 * `strict` and `skipLibCheck`. A first line `// name.ts` gives it the name by which the blocks of its page import it.
 */

const FOLDER = join(ROOT, 'test/docs/code');

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
  strict: true,
  skipLibCheck: true,
  noEmit: true,
};

interface Sources {
  /** Texts by their paths, which lie where the package finds itself by its name; nothing is written there. */
  readonly texts: ReadonlyMap<string, string>;
  readonly where: ReadonlyMap<string, string>;
}

function sourcesIn(pages: readonly { readonly path: string; readonly blocks: readonly Block[] }[]): Sources {
  const texts = new Map<string, string>();
  const where = new Map<string, string>();
  for (const { path, blocks } of pages) {
    for (const [index, block] of blocks.filter(({ language }) => language === 'ts').entries()) {
      const name = /^\/\/ ([\w.-]+\.ts)\n/.exec(block.text)?.[1] ?? `block-${index}.ts`;
      const file = join(FOLDER, path.replaceAll(/\W/g, '-'), name);
      texts.set(file, block.text);
      where.set(file, block.where);
    }
  }
  return { texts, where };
}

/** Errors of the compiler, each with the place of its block. */
function errorsOf({ texts, where }: Sources): string[] {
  const host = ts.createCompilerHost(OPTIONS);
  const folders = new Set([...texts.keys()].map((file) => dirname(file)));
  const program = ts.createProgram({
    rootNames: [...texts.keys()],
    options: OPTIONS,
    host: {
      ...host,
      fileExists: (file) => texts.has(file) || host.fileExists(file),
      readFile: (file) => texts.get(file) ?? host.readFile(file),
      directoryExists: (folder) => folders.has(folder) || (host.directoryExists?.(folder) ?? true),
      getSourceFile: (file, version, ...rest) => {
        const text = texts.get(file);
        return text === undefined
          ? host.getSourceFile(file, version, ...rest)
          : ts.createSourceFile(file, text, version);
      },
    },
  });
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
    return `${where.get(file?.fileName ?? '') ?? 'all'} (line ${line}): ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

test('every block compiles against the built package', () => {
  const sources = sourcesIn(GUIDES);
  expect(sources.texts.size).toBeGreaterThan(0);
  expect(errorsOf(sources)).toEqual([]);
});

test('a block that does not compile is named', () => {
  const wrong = `import { MimecastConnections } from '@surecloud/temporal-mimecast/client';\nnew MimecastConnections({});`;
  const block = { where: 'page.md:7', language: 'ts', words: [], text: wrong };
  expect(errorsOf(sourcesIn([{ path: 'page.md', blocks: [block] }]))).toEqual([
    expect.stringMatching(/^page\.md:7 \(line 2\): [^]*client/),
  ]);
});
