import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { installPackage, requiredBy, type UsersProject } from '../support/installed-package.js';
import { freshDatabase } from '../support/database.js';

let project: UsersProject;
let program: ts.Program;
beforeAll(async () => {
  project = await installPackage();
  program = programOf('tsconfig.json');
});
afterAll(() => project.remove());

describe('the package as it is packed', () => {
  test('holds what a user needs, and nothing that only its build needs', () => {
    const [outside, inside] = [project.files.filter((file) => !file.startsWith('dist/')), project.files];
    expect(outside.filter((file) => !file.startsWith('docs/'))).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'package.json',
      'sbom.cdx.json',
    ]);
    expect(inside.filter((file) => file.startsWith('dist/') && !/\.(js|d\.ts)$/.test(file))).toEqual([]);
    expect(inside.filter((file) => /(^|\/)(test|bench)\//.test(file))).toEqual([]);
  });

  test('holds a bill of materials that names every package that it brings, in CycloneDX', () => {
    const bom = JSON.parse(readFileSync(join(project.installed, 'sbom.cdx.json'), 'utf8')) as {
      readonly bomFormat: string;
      readonly metadata: { readonly component: { readonly name: string } };
      readonly components: readonly { readonly group?: string; readonly name: string }[];
    };
    expect(bom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: project.manifest.name } } });
    const named = bom.components.map(({ name }) => name);
    expect(named).toEqual(expect.arrayContaining(requiredBy(project.manifest)));
  });

  test('holds every file that its files import', () => {
    const there = new Set(project.files);
    const missing = project.files
      .filter((file) => /\.(js|d\.ts)$/.test(file))
      .flatMap((file) =>
        relativeImportsOf(file)
          .map((name) => (file.endsWith('.d.ts') ? name.replace(/\.js$/, '.d.ts') : name))
          .filter((name) => !there.has(name))
          .map((name) => `${file} imports ${name}`),
      );
    expect(missing).toEqual([]);
  });

  test('brings every package that its declarations import', () => {
    const known = new Set([...requiredBy(project.manifest), project.manifest.name]);
    const unknown = declarations().flatMap((file) =>
      packagesIn(file).filter((name) => !known.has(name) && !builtinModules.includes(name)),
    );
    expect([...new Set(unknown)]).toEqual([]);
  });

  test('brings the types of those packages', () => {
    const untyped = declarations().flatMap((file) => bareImportsOf(file).filter((name) => !isTyped(name, file)));
    expect([...new Set(untyped)]).toEqual([]);
  });

  test('opens no sealed keys in the client', () => {
    const reached = reachedFrom('dist/client/index.js');
    expect(reached).toContain('dist/vault/sealing.js');
    expect(reached).not.toContain('dist/vault/unsealing.js');
    expect(reached).not.toContain('dist/vault/keyring.js');
  });
});

describe("a user's project", () => {
  test.each(['tsconfig.json', 'tsconfig.bundler.json'])(
    'compiles with %s, with the declarations of the package checked',
    (file) => {
      expect(problemsOf(file === 'tsconfig.json' ? program : programOf(file))).toBe('');
    },
  );

  test('uses every export of every entry point', () => {
    const { name, exports } = project.manifest;
    const unused = Object.entries(exports).flatMap(([entry, target]) => {
      if (typeof target === 'string') return [];
      const imported = importedFrom(posix.join(name, entry));
      return exportsOf(target.types)
        .filter((exported) => !imported.has(exported))
        .map((exported) => `${entry} ${exported}`);
    });
    expect(unused).toEqual([]);
  });

  test('connects, polls, rotates, backfills and reads its evidence with what is installed', async ({
    onTestFinished,
  }) => {
    expect(program.emit().emitSkipped).toBe(false);
    const database = await freshDatabase({ migrated: false });
    onTestFinished(() => database.drop());
    const { stdout } = await promisify(execFile)(process.execPath, [join(project.folder, 'out/run.js')], {
      cwd: project.folder,
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: database.url,
        TEMPORAL_ADDRESS: inject('temporalAddress'),
        TASK_QUEUE: `consumer-${randomBytes(4).toString('hex')}`,
      },
    });
    expect(JSON.parse(stdout)).toEqual({
      refused: expect.stringContaining('secretKey') as string,
      connected: true,
      outcomes: ['collected', 'collected'],
      controls: 15,
      saysWhichStreams: true,
      called: true,
      rotated: true,
      backfill: 'complete',
      events: true,
      verified: true,
      logged: true,
      bundled: true,
      state: 'disconnected',
      activities: true,
      isOnePlugin: true,
      workflows: 7,
      problem: 'Set it to the Postgres that holds the evidence.',
    });
  });
});

function programOf(config: string): ts.Program {
  const host = {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (problem: ts.Diagnostic) => {
      throw new Error(text([problem]));
    },
  };
  const parsed = ts.getParsedCommandLineOfConfigFile(join(project.folder, config), {}, host);
  if (!parsed) throw new Error(`${config} could not be read`);
  return ts.createProgram(parsed.fileNames, parsed.options);
}

/** Of the project and of this package. Declarations of other packages may have problems of their own, and are linked from elsewhere. */
function problemsOf(compiled: ts.Program): string {
  const files = compiled.getSourceFiles().filter(({ fileName }) => fileName.startsWith(project.folder));
  const ofFiles = files.flatMap((file) => [
    ...compiled.getSyntacticDiagnostics(file),
    ...compiled.getSemanticDiagnostics(file),
  ]);
  return text([...compiled.getOptionsDiagnostics(), ...compiled.getGlobalDiagnostics(), ...ofFiles]);
}

function text(problems: readonly ts.Diagnostic[]): string {
  return ts.formatDiagnostics(problems, {
    getCanonicalFileName: (file) => file,
    getCurrentDirectory: () => project.folder,
    getNewLine: () => '\n',
  });
}

const declarations = (): string[] => project.files.filter((file) => file.endsWith('.d.ts'));

const importsOf = (file: string): string[] =>
  ts.preProcessFile(readFileSync(join(project.installed, file), 'utf8')).importedFiles.map(({ fileName }) => fileName);

/** Files of the package, by their paths in it. */
const relativeImportsOf = (file: string): string[] =>
  importsOf(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => posix.join(posix.dirname(file), name));

const bareImportsOf = (file: string): string[] => importsOf(file).filter((name) => !/^(\.|node:)/.test(name));

/** `zod` of `zod/mini`, `@temporalio/common` of a file in it. */
const packagesIn = (file: string): string[] =>
  bareImportsOf(file).map((name) =>
    name
      .split('/')
      .slice(0, name.startsWith('@') ? 2 : 1)
      .join('/'),
  );

function isTyped(name: string, importing: string): boolean {
  const options = program.getCompilerOptions();
  const { resolvedModule } = ts.resolveModuleName(
    name,
    join(project.installed, importing),
    options,
    ts.sys,
    undefined,
    undefined,
    ts.ModuleKind.ESNext,
  );
  return resolvedModule !== undefined && /\.d\.[cm]?ts$/.test(resolvedModule.resolvedFileName);
}

/** The package's files that load with one of them. */
function reachedFrom(file: string, reached = new Set<string>()): string[] {
  if (reached.has(file)) return [];
  reached.add(file);
  for (const name of relativeImportsOf(file)) reachedFrom(name, reached);
  return [...reached];
}

function exportsOf(declaration: string): string[] {
  const file = program.getSourceFile(join(project.installed, declaration));
  const module = file && program.getTypeChecker().getSymbolAtLocation(file);
  if (!module) throw new Error(`Nothing imports ${declaration}`);
  return program
    .getTypeChecker()
    .getExportsOfModule(module)
    .map(({ name }) => name);
}

/** Names that the project's sources import. The compiler sees to it that each of them is used. */
function importedFrom(specifier: string): Set<string> {
  const sources = program.getRootFileNames().flatMap((file) => program.getSourceFile(file) ?? []);
  const imports = sources.flatMap(({ statements }) => statements.filter(ts.isImportDeclaration));
  const named = imports
    .filter(({ moduleSpecifier }) => ts.isStringLiteral(moduleSpecifier) && moduleSpecifier.text === specifier)
    .flatMap(({ importClause }) => importClause?.namedBindings ?? [])
    .flatMap((bindings) => (ts.isNamedImports(bindings) ? [...bindings.elements] : []));
  return new Set(named.map(({ propertyName, name }) => (propertyName ?? name).text));
}
