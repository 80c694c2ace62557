import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CONSUMER = fileURLToPath(new URL('../consumer', import.meta.url));

/** Fields of the package's manifest that its users depend on. */
export interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** The project of a user who installed the package. */
export interface UsersProject {
  readonly folder: string;
  /** The package in the project's `node_modules`. */
  readonly installed: string;
  /** Every file of the package, with slashes. */
  readonly files: readonly string[];
  readonly manifest: Manifest;
  remove(): Promise<void>;
}

/**
 * Packs the package and installs it into a copy of `test/consumer`, outside of the checkout. The package itself comes from the
 * tarball; what it depends on is linked from the checkout, so that nothing is downloaded. What is only a development dependency
 * is not there.
 */
export async function installPackage(): Promise<UsersProject> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'mimecast-consumer-')));
  await cp(CONSUMER, folder, { recursive: true });
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT });
  const [{ filename }] = JSON.parse(stdout) as [{ readonly filename: string }];

  const installed = join(folder, 'node_modules', '@surecloud', 'temporal-mimecast');
  await mkdir(installed, { recursive: true });
  await run('tar', ['-xzf', join(folder, filename), '-C', installed, '--strip-components=1']);
  const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as Manifest;
  for (const name of [...requiredBy(manifest), '@types/node']) await link(name, folder);
  return {
    folder,
    installed,
    files: await filesBelow(installed),
    manifest,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The packages that npm installs with this one. */
export function requiredBy({ dependencies, peerDependencies, peerDependenciesMeta }: Manifest): string[] {
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
  return [...Object.keys(dependencies), ...peers];
}

async function link(name: string, folder: string): Promise<void> {
  const place = join(folder, 'node_modules', name);
  await mkdir(dirname(place), { recursive: true });
  await symlink(join(ROOT, 'node_modules', name), place, 'junction');
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return files.map((file) => relative(folder, file).replaceAll('\\', '/')).sort();
}
