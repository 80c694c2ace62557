import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { parseOptions } from '../../../bench/options.js';

const silent = (): void => undefined;

test('without options it is the full comparison', () => {
  expect(parseOptions([], silent)).toEqual({ repetitions: 3, latenciesMs: [0, 50, 250], pages: 200, json: false });
});

test('each option can be given, and a latency that is named twice is measured once', () => {
  const argv = ['--repetitions', '1', '--latency', '50,0,50', '--pages', '20', '--json'];
  expect(parseOptions(argv, silent)).toEqual({ repetitions: 1, latenciesMs: [50, 0], pages: 20, json: true });
});

test('a backfill is measured where the vendor is far, unless it is said otherwise', () => {
  expect(parseOptions(['--backfill'], silent)).toMatchObject({ backfill: true, latenciesMs: [250] });
  expect(parseOptions(['--backfill', '--latency', '0,50'], silent)).toMatchObject({ latenciesMs: [0, 50] });
});

test.each([
  [['--pages', '0']],
  [['--pages', '1e3']],
  [['--repetitions']],
  [['--repetitions', '-1']],
  [['--latency', '0,,50']],
  [['--latency', 'fast']],
  [['--what']],
  [['200']],
])('%j is refused in one line', (argv) => {
  const refused = (): unknown => parseOptions(argv, silent);
  expect(refused).toThrow(CommanderError);
  expect(refused).toThrow(/^[^\n]+$/);
});

test('the help names every option', () => {
  let help = '';
  const asked = (): unknown => parseOptions(['--help'], (text) => (help += text));
  expect(asked).toThrow(CommanderError);
  for (const option of ['--repetitions', '--latency', '--pages', '--backfill', '--json'])
    expect(help).toContain(option);
});
