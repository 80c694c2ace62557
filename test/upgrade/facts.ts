import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Environment, Program } from './programs.js';

/** Answers of a release about a connection at one moment, without the release's own words. */
export interface AnsweredFacts {
  readonly verified: { readonly ok: boolean; readonly records: number };
  readonly verdicts: readonly string[];
  /** Digests that the auditor's page names: of evidence and of the log. */
  readonly reported: readonly string[];
}

interface Posture {
  readonly at: string;
  readonly controls: readonly { id: string; verdict: string; code: string; evidence: readonly string[] }[];
}

/** @param at moment of the record of verdicts; the newest record when absent */
export async function askFacts(
  program: Program,
  connectionId: string,
  env: Environment,
  folder: string,
  at?: string,
): Promise<AnsweredFacts & { readonly at: string }> {
  const moment = at === undefined ? [] : ['--at', at];
  const { ok, records } = await program.json<AnsweredFacts['verified']>(['verify', connectionId], env);
  const posture = await program.json<Posture>(['posture', connectionId, ...moment], env);
  const file = path.join(folder, `${connectionId}-${at === undefined ? 'before' : 'after'}.html`);
  const { exitCode, stderr } = await program.run(['report', connectionId, '--out', file, ...moment], env);
  if (exitCode !== 0) throw new Error(stderr);
  const page = await readFile(file, 'utf8');
  return {
    at: posture.at,
    verified: { ok, records },
    verdicts: posture.controls
      .map(({ id, verdict, code, evidence }) => [id, verdict, code, ...evidence].join(' '))
      .sort(),
    reported: [...new Set(page.match(/\b[0-9a-f]{64}\b/g))].sort(),
  };
}
