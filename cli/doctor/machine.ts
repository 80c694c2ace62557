import { createRequire } from 'node:module';
import type { Terminal } from '../console/terminal.js';
import { findingsOn, type Finding } from './finding.js';
import { look, seenOf } from './look.js';

const machine = findingsOn('machine');

const { engines } = createRequire(import.meta.url)('@surecloud/temporal-mimecast/package.json') as {
  readonly engines: { readonly node: string };
};

export async function examineMachine(env: Terminal['env']): Promise<Finding[]> {
  const cli = seenOf(await look(() => findTemporalCli(env)));
  return [judgeNode(process.versions.node, engines.node), judgeTemporalCli(cli)];
}

/** Finds the Temporal CLI without downloading it. */
async function findTemporalCli(env: Terminal['env']): Promise<{ readonly path: string; readonly version: string }> {
  const sandbox = await import('../../sandbox/temporal-cli.js');
  return await sandbox.findTemporalCli({ environment: { ...env }, downloads: [] });
}

/** @param needed the form of `engines` in package.json: `>=20.19.0` */
export function judgeNode(version: string, needed: string): Finding {
  const found = `Node ${version}, and ${needed} is needed`;
  return isAtLeast(version, needed.replace(/^>=/, ''))
    ? machine.ok('node', found)
    : machine.failure('node', found, 'Install a newer Node from https://nodejs.org.');
}

/** For information only: just `dev` needs it. */
export function judgeTemporalCli(cli: { readonly path: string; readonly version: string } | undefined): Finding {
  return machine.ok(
    'temporal-cli',
    cli === undefined ? 'no Temporal CLI here; only "dev" needs one' : `Temporal CLI ${cli.version} at ${cli.path}`,
  );
}

function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [version, least].map((text) => text.split(/[.-]/).map(Number)) as [number[], number[]];
  const differing = want.findIndex((part, index) => (have[index] ?? 0) !== part);
  return differing === -1 || (have[differing] ?? 0) > (want[differing] ?? 0);
}
