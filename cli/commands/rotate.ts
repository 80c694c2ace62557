import { Command } from 'commander';
import { apiVersionAt, parseBaseUrl } from '../../mimecast/regions.js';
import type { RotationReport } from '../../contract/reports.js';
import { connectionIdArgument, parseMoment } from '../console/arguments.js';
import { examples, GROUPS, type CommandDefinition, type Context } from '../command.js';
import { EXIT } from '../console/exit-codes.js';
import { pastMoment, readSealed, takeKeys, type KeysNeeded } from '../keys/given-keys.js';
import { connectionReportLines } from '../rendering/connection-report.js';
import type { Colours } from '../console/terminal.js';
import { defined } from '../../model/json.js';

interface RotateOptions {
  readonly baseUrl?: string;
  readonly keysFile?: string;
  readonly sealedFile?: string;
  readonly issuedAt?: Date;
  readonly note?: string;
}

export const rotate: CommandDefinition = (run) =>
  new Command('rotate')
    .helpGroup(GROUPS.connections)
    .summary('put new keys in place of those in use')
    .description(DESCRIPTION)
    .addArgument(connectionIdArgument())
    .option('--keys-file <file>', 'read the keys from a file: JSON, or lines KEY=VALUE')
    .option('--sealed-file <file>', 'read keys that "vault seal" has sealed; - for standard input')
    .option('--base-url <url>', 'where the new keys are used, when that changes with them: to move to API 2.0')
    .option('--issued-at <date>', 'when Mimecast issued the keys (now): their age counts from here', parseMoment)
    .option('--note <text>', 'why; kept with the outcome')
    .addHelpText(
      'after',
      examples(
        'rotate acme',
        'rotate acme --keys-file acme.env --note "quarterly"',
        'rotate acme --base-url https://api.services.mimecast.com',
      ),
    )
    .action((connectionId: string, options: RotateOptions) =>
      run(async (context) => {
        const { output, services, terminal } = context;
        const issuedAt = pastMoment(options.issuedAt, terminal.now());
        const baseUrl = placeOf(context, options);
        const keys =
          options.sealedFile === undefined
            ? { credentials: await takeKeys(context, options.keysFile, neededAt(context, connectionId, baseUrl)) }
            : { sealed: await readSealed(terminal, options.sealedFile) };
        const connections = await services.connections({ sealing: options.sealedFile === undefined });
        const report = await connections.rotate(connectionId, {
          ...keys,
          ...defined({ baseUrl, issuedAt, note: options.note }),
        });
        await output.answer(report, () => rotationLines(report, output.colours));
        return report.accepted ? EXIT.done : EXIT.badAnswer;
      }),
    );

const DESCRIPTION = `Proves new keys with a real call, checks that they open the same Mimecast account, takes them into use, resumes what
refused keys had paused and destroys the old ones. Keys that are refused change nothing: the old ones stay in use.

The keys come from the environment, a file, or a prompt that hides them, as for connect; never from an argument.

Keys of another generation of the API have other hosts: with --base-url the connection moves there together with its keys,
once these are proved there, and keeps its evidence and its schedules. See "Moving to API 2.0" in docs/operating.md.`;

/** Parses the base URL. @throws {MimecastBaseUrlError} before the user is prompted for keys */
function placeOf({ settings }: Context, { baseUrl }: RotateOptions): string | undefined {
  return baseUrl === undefined ? undefined : parseBaseUrl(baseUrl, { allowLoopback: settings.allowLoopback });
}

/** Returns the API version of the keys: from the new base URL or, before a prompt, from the connection itself. */
function neededAt({ services }: Context, connectionId: string, baseUrl: string | undefined): KeysNeeded {
  return {
    apiVersion: baseUrl === undefined ? undefined : apiVersionAt(baseUrl),
    ready: async () => {
      const connections = await services.connections({ sealing: true });
      return baseUrl === undefined ? (await connections.status(connectionId)).apiVersion : undefined;
    },
  };
}

function rotationLines(
  { connectionId, version, accepted, unchanged, report, reason }: RotationReport,
  colours: Colours,
): string[] {
  const keys = version === undefined ? 'These keys' : `Keys v${version}`;
  if (unchanged === true) return [`${connectionId}: ${keys} are in use already. Nothing was changed.`];
  const verdict = accepted ? colours.green('in use') : colours.red('NOT TAKEN');
  return [
    `${connectionId}: ${keys} ${verdict}${reason === undefined ? '' : `: ${reason}`}`,
    ...(report && accepted ? ['', ...connectionReportLines(report, colours)] : []),
  ];
}
