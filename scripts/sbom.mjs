/**
 * Writes a CycloneDX bill of materials of what runs at a user: the packages of package-lock.json to which dependencies and
 * required peers lead. Needs no network, and gives the same bytes for the same lockfile and npm.
 *
 * npm's own `--omit dev` leaves out too much: also what a package for development needs as well.
 *
 * Usage: node scripts/sbom.mjs [file]. Default: sbom.cdx.json, which `npm pack` includes.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

function fromNpm() {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const npm = process.env.npm_execpath;
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 };
  const { status, stdout, stderr } = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  if (status === 0) return JSON.parse(stdout);
  process.stderr.write(`sbom: npm sbom failed.\n${stderr}`);
  process.exit(1);
}

/** Names of the packages that a user gets with this one, or must have. */
function directPackages() {
  const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifest;
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
  return new Set([...Object.keys(dependencies), ...peers]);
}

/** References of the components that the direct packages lead to. */
function reachable(direct, dependsOn) {
  const found = new Set(direct);
  for (const ref of found) for (const next of dependsOn.get(ref) ?? []) found.add(next);
  return found;
}

const bom = fromNpm();
const { component } = bom.metadata;
const dependsOn = new Map(bom.dependencies.map((entry) => [entry.ref, entry.dependsOn]));
const names = new Map(bom.components.map((entry) => [entry['bom-ref'], entry.name]));
const wanted = directPackages();
const direct = dependsOn.get(component['bom-ref']).filter((ref) => wanted.has(names.get(ref)));
const kept = reachable(direct, dependsOn);

const isDevelopment = ({ name }) => name === 'cdx:npm:package:development';
const document = {
  ...bom,
  // Both are optional, and differ at each run.
  serialNumber: undefined,
  // npm calls the package by the name of its folder.
  metadata: { ...bom.metadata, timestamp: undefined, component: { ...component, name: manifest.name } },
  components: bom.components
    .filter((entry) => kept.has(entry['bom-ref']))
    .map((entry) => ({ ...entry, properties: entry.properties.filter((property) => !isDevelopment(property)) })),
  dependencies: bom.dependencies
    .filter(({ ref }) => ref === component['bom-ref'] || kept.has(ref))
    .map((entry) => (entry.ref === component['bom-ref'] ? { ...entry, dependsOn: direct } : entry)),
};
writeFileSync(process.argv[2] ?? join(root, 'sbom.cdx.json'), `${JSON.stringify(document, undefined, 2)}\n`);
