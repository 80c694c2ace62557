import { expect, test } from 'vitest';
import { runCommandLine } from '../../../../cli/program.js';
import { CATALOGUE } from '../../../../posture/controls/catalogue.js';
import { RecordedTerminal } from '../../../support/cli/recorded-terminal.js';

/** Without any server: whatever the command asks of one rejects. */
async function run(...argv: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const terminal = new RecordedTerminal();
  const no = () => Promise.reject(new Error('This command needs no server.'));
  const exitCode = await runCommandLine(argv, {
    terminal,
    signal: new AbortController().signal,
    services: () => ({ connections: no, evidence: no, close: () => Promise.resolve() }),
  });
  return { exitCode, stdout: terminal.stdout.text, stderr: terminal.stderr.text };
}

test('lists all controls, one a line', async () => {
  const { exitCode, stdout } = await run('controls');
  expect(exitCode).toBe(0);
  for (const { id, severity, subject, title } of CATALOGUE) {
    expect(stdout).toMatch(new RegExp(`^${id} +${severity} +${subject} +${title}$`, 'm'));
  }
});

test.each(CATALOGUE)(
  'explains $id: statement, why, rule, what to do, what cannot be shown, what it supports',
  async (control) => {
    const { exitCode, stdout } = await run('controls', control.id);
    expect(exitCode).toBe(0);
    const text = stdout.replaceAll(/\s+/g, ' ');
    const { title, rationale, remediation, rule, limits, mappings } = control;
    for (const part of [title, rationale, remediation, rule.pass, rule.fail ?? '', rule.unknown, limits]) {
      expect(text).toContain(part);
    }
    for (const { id, title: requirement } of Object.values(mappings).flat())
      expect(text).toContain(`${id} ${requirement}`);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
  },
);

test('as JSON: the whole catalogue, or one of it', async () => {
  const all = JSON.parse((await run('controls', '--json')).stdout) as { id: string }[];
  expect(all.map(({ id }) => id)).toEqual(CATALOGUE.map(({ id }) => id));
  const one = JSON.parse((await run('controls', 'api-generation', '--json')).stdout) as unknown;
  expect(one).toMatchObject({
    id: 'api-generation',
    advisory: true,
    severity: 'info',
    rule: { pass: 'The connection uses API 2.0.' },
  });
});

test('an id that is not one is wrong usage, with those that there are', async () => {
  const { exitCode, stderr } = await run('controls', 'url-protection');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('"url-protection" is not a control.');
  expect(stderr).toContain('url-protection-policy');
});
