import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import type { Finding } from '../../../cli/doctor/finding.js';
import { environmentOf, type Engine } from '../engine.js';
import { temporaryFolder, test as base } from '../test.js';
import { run as runCommandLine, type Environment, type Ran } from './run.js';

export const PLANTED_PASSWORD = 'planted-password';

export interface Examination {
  readonly exitCode: number;
  readonly checks: readonly Finding[];
  /** Warnings and failures, in the words of a table: `failure connections/schedule acme/policies`. */
  readonly troubles: readonly string[];
  readonly found: readonly string[];
  readonly steps: readonly (string | undefined)[];
  readonly skipped: readonly string[];
}

interface ConnectOptions {
  readonly issuedAt?: Date;
  /** In place of the tenant's own. */
  readonly secretKey?: string;
}

/** An engine with one healthy connection, and the doctor for it. */
export interface Patient {
  readonly engine: Engine;
  readonly healthy: string;
  /** Another connection, for a test to break. */
  readonly connected: (options?: ConnectOptions) => Promise<string>;
  /** Runs a command line against the engine's servers. @param skewMs how far its clock is ahead */
  readonly run: (argv: readonly string[], env?: Environment, skewMs?: number) => Promise<Ran>;
  readonly doctor: (argv?: readonly string[], env?: Environment, skewMs?: number) => Promise<Examination>;
  /** @returns the file's path */
  readonly writeKeyring: (name: string, keyring: object) => Promise<string>;
  /** Secrets that must not be printed, and everything that was printed. */
  readonly secrets: () => Promise<{ readonly hidden: readonly string[]; readonly printed: string }>;
}

async function createPatient(engine: Engine, folder: string): Promise<Patient> {
  const printed: string[] = [];
  const keys: string[] = [];

  const writeKeyring: Patient['writeKeyring'] = async (name, keyring) => {
    const file = path.join(folder, name);
    await writeFile(file, JSON.stringify(keyring), { mode: 0o600 });
    return file;
  };
  const environment = environmentOf(engine, await writeKeyring('ring.json', engine.keyring));

  const connected: Patient['connected'] = async ({ issuedAt, secretKey } = {}) => {
    const tenant = engine.addTenant({ events: 10 });
    const id = engine.newId();
    const credentials = { ...tenant.keys, ...(secretKey !== undefined && { secretKey }) };
    keys.push(...Object.values(credentials));
    const baseUrl = engine.simulator.url;
    await engine.connections.connect(id, { baseUrl, credentials, ...(issuedAt && { issuedAt }) });
    return id;
  };

  const run: Patient['run'] = async (argv, env = {}, skewMs = 0) => {
    const ran = await runCommandLine(argv, { HOME: process.env['HOME'], ...environment, ...env }, { skewMs });
    printed.push(ran.stdout, ran.stderr);
    return ran;
  };

  const healthy = await connected();
  await engine.connections.poll(healthy);
  return {
    engine,
    healthy,
    connected,
    run,
    writeKeyring,
    async doctor(argv = [], env = {}, skewMs = 0) {
      const { exitCode, stdout } = await run(['doctor', ...argv, '--json'], env, skewMs);
      const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: Finding[] };
      expect(ok).toBe(exitCode === 0);
      return examination(exitCode, checks);
    },
    async secrets() {
      const rows = await engine.database.query<{ sealed: string }>(
        'select sealed from mimecast.credentials where sealed is not null',
      );
      const { password } = new URL(engine.database.url);
      const privateKeys = engine.keyring.keys.map(({ d }) => d);
      const sealed = rows.map((row) => row.sealed);
      const hidden = [PLANTED_PASSWORD, password, ...keys, ...privateKeys, ...sealed].filter((secret) => secret !== '');
      return { hidden, printed: printed.join('\n') };
    },
  };
}

/** `test` with a patient of the file. */
export const test = base.extend('patient', { scope: 'file' }, async ({ engine }, { onCleanup }) =>
  createPatient(engine, await temporaryFolder(onCleanup)),
);

function examination(exitCode: number, checks: readonly Finding[]): Examination {
  const bad = checks.filter(({ verdict }) => verdict === 'warning' || verdict === 'failure');
  return {
    exitCode,
    checks,
    troubles: bad.map(({ verdict, group, check, subject = '' }) => `${verdict} ${group}/${check} ${subject}`.trim()),
    found: bad.map(({ found }) => found),
    steps: bad.map(({ nextStep }) => nextStep),
    skipped: checks.filter(({ verdict }) => verdict === 'skipped').map(({ group, check }) => `${group}/${check}`),
  };
}
