import { Command } from 'commander';
import { apiVersionAt, parseBaseUrl } from '../../mimecast/regions.js';
import { changedSettings, defaultSettings } from '../../model/settings.js';
import { connectionIdArgument, parseMoment } from '../console/arguments.js';
import { addSettingOptions, settingsFrom } from '../console/setting-options.js';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT } from '../console/exit-codes.js';
import { pastMoment, takeKeys } from '../keys/given-keys.js';
import { connectionReportLines } from '../rendering/connection-report.js';

interface ConnectOptions extends Readonly<Record<string, unknown>> {
  readonly issuedAt?: Date;
  readonly keysFile?: string;
}

export const connect: CommandDefinition = (run) =>
  addSettingOptions(new Command('connect'), 'connect')
    .helpGroup(GROUPS.connections)
    .summary('save a Mimecast tenant, test its keys and start its schedules')
    .description(DESCRIPTION)
    .addArgument(connectionIdArgument())
    .option('--keys-file <file>', 'read the keys from a file: JSON, or lines KEY=VALUE')
    .option('--issued-at <date>', 'when Mimecast issued the keys (now): their age counts from here', parseMoment)
    .addHelpText(
      'after',
      examples(
        'connect acme --base-url https://eu-api.mimecast.com',
        'connect acme --base-url https://api.services.mimecast.com --keys-file acme.env --every audit-events=1h',
      ),
    )
    .action((connectionId: string, options: ConnectOptions) => {
      const chosen = settingsFrom(options);
      return run(async (context) => {
        const { terminal, output, settings, services } = context;
        const baseUrl = parseBaseUrl(chosen.baseUrl ?? '', { allowLoopback: settings.allowLoopback });
        const issuedAt = pastMoment(options.issuedAt, terminal.now());
        const credentials = await takeKeys(context, options.keysFile, { apiVersion: apiVersionAt(baseUrl) });
        const connections = await services.connections({ sealing: true });
        const report = await connections.connect(connectionId, {
          credentials,
          baseUrl,
          settings: changedSettings(defaultSettings(baseUrl), { ...chosen, baseUrl }),
          ...(issuedAt !== undefined && { issuedAt }),
        });
        await output.answer(report, () => [
          ...connectionReportLines(report, output.colours),
          ...(report.ok ? ['', `next  temporal-mimecast poll ${connectionId}`] : []),
        ]);
        return report.ok ? EXIT.done : EXIT.badAnswer;
      });
    });

const DESCRIPTION = `Saves a Mimecast tenant, tests its keys and starts its schedules.

The keys come from the environment, from --keys-file, or from a prompt that hides them; never from an argument. They leave
this process only sealed. Which keys, the base URL says:
  API 2.0, https://api.services.mimecast.com and other hosts under services.mimecast.com:
    MIMECAST_CLIENT_ID, MIMECAST_CLIENT_SECRET
  API 1.0, all other hosts:
    MIMECAST_APPLICATION_ID, MIMECAST_APPLICATION_KEY, MIMECAST_ACCESS_KEY, MIMECAST_SECRET_KEY

Keys that Mimecast refuses leave the connection saved and paused, and the exit code is 1. Wrong input changes nothing.`;
