import { CommanderError, type Command, type Option } from 'commander';
import { parse } from 'shell-quote';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../cli/program.js';
import { CliError } from '../../cli/console/failures.js';
import * as messages from '../../contract/messages.js';
import { GUIDES, type Block } from './pages.js';

/** Every command line of the product that the documentation shows is one that the product takes. */

const PROGRAM = 'temporal-mimecast';

interface Shown {
  readonly where: string;
  readonly argv: readonly string[];
  /** It is named in a sentence, and need not be complete. */
  readonly inProse: boolean;
}

const program = (): Command => createProgram(() => Promise.resolve(), { stdout: process.stdout });

const NAMES = new Set(program().commands.map((command) => command.name()));

/** The commands of the product in a line of a shell: behind `npx`, variables, `&&` and pipes. */
function commandsIn(line: string): string[][] {
  const parts: string[][] = [[]];
  for (const token of parse(line, (name) => `$${name}`)) {
    if (typeof token === 'string') parts.at(-1)?.push(token);
    else if ('pattern' in token) parts.at(-1)?.push(token.pattern);
    else if ('comment' in token) break;
    else parts.push([]);
  }
  return parts.flatMap((words) => {
    const at = words.indexOf(PROGRAM);
    return at < 0 ? [] : [words.slice(at + 1)];
  });
}

/** Lines that a backslash continues are one. */
const linesOf = ({ language, text }: Block): string[] => {
  const lines = text.replaceAll(/\\\n\s*/g, '').split('\n');
  return language === 'console' ? lines.flatMap((line) => (line.startsWith('$ ') ? [line.slice(2)] : [])) : lines;
};

const shellBlocks = GUIDES.flatMap(({ blocks }) => blocks).filter(({ language }) => /^(?:sh|console)$/.test(language));

const shown: readonly Shown[] = [
  ...shellBlocks.flatMap((block) =>
    linesOf(block)
      .flatMap(commandsIn)
      .map((argv) => ({ where: block.where, argv, inProse: false })),
  ),
  // In prose the program's name is often left out: `rotate acme`. A single word there may be a word.
  ...GUIDES.flatMap(({ spans }) => spans).flatMap(({ where, text }) => {
    if (text.startsWith(`${PROGRAM} `)) return commandsIn(text).map((argv) => ({ where, argv, inProse: true }));
    const [name = '', ...rest] = text.split(' ');
    return NAMES.has(name) && rest.length > 0
      ? commandsIn(`${PROGRAM} ${text}`).map((argv) => ({ where, argv, inProse: true }))
      : [];
  }),
];

/** `…` stands for a value that is not shown. */
const isLeftOpen = (argv: readonly string[]): boolean => argv.some((word) => word.includes('…'));

/** Errors of command lines that a sentence shows only in part. */
const INCOMPLETE = new Set([
  'commander.missingMandatoryOptionValue',
  'commander.missingArgument',
  'commander.optionMissingArgument',
]);

/** The error that the command line reports; none when it would run the command. */
async function refusal({ argv, inProse }: Pick<Shown, 'argv' | 'inProse'>): Promise<string | undefined> {
  try {
    await program().parseAsync(argv, { from: 'user' });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError && (error.exitCode === 0 || (inProse && INCOMPLETE.has(error.code)))) {
      return undefined;
    }
    if (error instanceof CommanderError || error instanceof CliError) return error.message;
    throw error;
  }
}

/** The options of a command line that its command does not have; the command itself when there is none. */
function unknownIn([name = '', ...rest]: readonly string[], within = program()): string[] {
  const command = within.commands.find((known) => known.name() === name);
  if (!command) return [name];
  if (command.commands.length > 0) return unknownIn(rest, command);
  const known = [...command.options, ...program().options].flatMap(({ long, short }: Option) => [long, short]);
  return rest.filter((word) => /^--?[a-z]/.test(word) && ![...known, '--help'].includes(word));
}

const label = (one: Shown): [string, Shown] => [`${one.where}: ${one.argv.join(' ')}`, one];

test('commands are shown, in blocks and in prose', () => {
  expect(shown.length).toBeGreaterThan(60);
});

describe('the command line takes', () => {
  test.each(shown.filter(({ argv }) => !isLeftOpen(argv)).map(label))('%s', async (_label, command) => {
    expect(await refusal(command)).toBeUndefined();
  });
});

describe('the command and the options are there', () => {
  test.each(shown.filter(({ argv }) => isLeftOpen(argv)).map(label))('%s', (_label, { argv }) => {
    expect(unknownIn(argv)).toEqual([]);
  });
});

test('a command that is not there is found, and an option', async () => {
  expect(await refusal({ argv: ['pol', 'acme'], inProse: true })).toContain('unknown command');
  expect(await refusal({ argv: ['connect', 'acme'], inProse: false })).toContain('--base-url');
  expect(unknownIn(['poll', 'acme', '--fast', '…'])).toEqual(['--fast']);
});

/** `temporal workflow signal … --name …`, as services in other languages send it. */
describe('a message that is sent by hand', () => {
  const signals = shellBlocks.filter(({ text }) => text.startsWith('temporal workflow signal'));
  test.each(signals.map((block) => [block.where, block] as const))(
    '%s has a name that connections know',
    (_where, block) => {
      const [line = ''] = linesOf(block);
      const words = parse(line).map(String);
      const option = (name: string): string => words[words.indexOf(name) + 1] ?? '';
      expect(Object.values(messages).map(({ name }) => name)).toContain(option('--name'));
      expect(JSON.parse(option('--input'))).toBeTypeOf('object');
    },
  );

  test('is shown', () => {
    expect(signals).not.toEqual([]);
  });
});
