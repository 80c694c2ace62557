import { Command, Option } from 'commander';
import type { ConnectionSettings, Stream, StreamSettings } from '../../model/connection.js';
import { apiVersionAt, parseBaseUrl } from '../../mimecast/regions.js';
import { defaultSettings, STREAM_INTERVALS_MS } from '../../model/streams.js';
import {
  collectInterval,
  collectPath,
  connectionIdArgument,
  parseMoment,
  parsePageSize,
  type EndpointPaths,
  type Intervals,
} from '../console/arguments.js';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT } from '../console/exit-codes.js';
import { pastMoment, takeKeys } from '../keys/given-keys.js';
import { connectionReportLines } from '../rendering/connection-report.js';

interface ConnectOptions {
  readonly baseUrl: string;
  readonly issuedAt?: Date;
  readonly keysFile?: string;
  readonly pageSize?: number;
  readonly tokenIn?: 'meta' | 'data';
  readonly path?: EndpointPaths;
  readonly every?: Intervals;
}

export const connect: CommandDefinition = (run) =>
  new Command('connect')
    .helpGroup(GROUPS.connections)
    .summary('save a Mimecast tenant, test its keys and start its schedules')
    .description(DESCRIPTION)
    .addArgument(connectionIdArgument())
    .requiredOption('--base-url <url>', "origin of the tenant's grid, like https://eu-api.mimecast.com")
    .option('--keys-file <file>', 'read the keys from a file: JSON, or lines KEY=VALUE')
    .option('--issued-at <date>', 'when Mimecast issued the keys (now): their age counts from here', parseMoment)
    .option('--page-size <rows>', 'rows asked for per page (500)', parsePageSize)
    .addOption(new Option('--token-in <place>', 'where the page token is sent (meta)').choices(['meta', 'data']))
    .option('--path <endpoint=path>', 'another path for an endpoint; may be repeated', collectPath)
    .option(
      '--every <stream=interval>',
      'another interval for a stream, like policies=12h; may be repeated',
      collectInterval,
    )
    .addHelpText(
      'after',
      examples(
        'connect acme --base-url https://eu-api.mimecast.com',
        'connect acme --base-url https://api.services.mimecast.com --keys-file acme.env --every audit-events=1h',
      ),
    )
    .action((connectionId: string, options: ConnectOptions) =>
      run(async (context) => {
        const { terminal, output, settings, services } = context;
        const baseUrl = parseBaseUrl(options.baseUrl, { allowLoopback: settings.allowLoopback });
        const issuedAt = pastMoment(options.issuedAt, terminal.now());
        const credentials = await takeKeys(context, options.keysFile, { apiVersion: apiVersionAt(baseUrl) });
        const connections = await services.connections({ sealing: true });
        const report = await connections.connect(connectionId, {
          credentials,
          baseUrl,
          settings: settingsFrom(baseUrl, options),
          ...(issuedAt !== undefined && { issuedAt }),
        });
        await output.answer(report, () => [
          ...connectionReportLines(report, output.colours),
          ...(report.ok ? ['', `next  temporal-mimecast poll ${connectionId}`] : []),
        ]);
        return report.ok ? EXIT.done : EXIT.badAnswer;
      }),
    );

const DESCRIPTION = `Saves a Mimecast tenant, tests its keys and starts its schedules.

The keys come from the environment, from --keys-file, or from a prompt that hides them; never from an argument. They leave
this process only sealed. Which keys, the base URL says:
  API 2.0, https://api.services.mimecast.com and other hosts under services.mimecast.com:
    MIMECAST_CLIENT_ID, MIMECAST_CLIENT_SECRET
  API 1.0, all other hosts:
    MIMECAST_APPLICATION_ID, MIMECAST_APPLICATION_KEY, MIMECAST_ACCESS_KEY, MIMECAST_SECRET_KEY

Keys that Mimecast refuses leave the connection saved and paused, and the exit code is 1. Wrong input changes nothing.`;

function settingsFrom(baseUrl: string, options: ConnectOptions): ConnectionSettings {
  const defaults = defaultSettings(baseUrl);
  const streams: Partial<Record<Stream, StreamSettings>> = { ...defaults.streams };
  for (const [stream, everyMs] of Object.entries({ ...STREAM_INTERVALS_MS, ...options.every })) {
    streams[stream as keyof typeof STREAM_INTERVALS_MS] = { enabled: true, everyMs };
  }
  return {
    ...defaults,
    streams,
    pagination: {
      pageSize: options.pageSize ?? defaults.pagination.pageSize,
      tokenIn: options.tokenIn ?? defaults.pagination.tokenIn,
    },
    ...(options.path !== undefined && { endpointPaths: options.path }),
  };
}
