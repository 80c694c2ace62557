import { Command, Option } from 'commander';
import type { SettingsReport } from '../../contract/reports.js';
import { POLLED_STREAMS, type PolledStream } from '../../model/streams.js';
import {
  collectCoverage,
  collectInterval,
  collectPathChange,
  collectRetention,
  collectThreshold,
  connectionIdArgument,
  parsePageSize,
  parseStreams,
  type CoverageChanges,
  type EndpointPathChanges,
  type Intervals,
  type RetentionChanges,
  type ThresholdChanges,
} from '../console/arguments.js';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT } from '../console/exit-codes.js';
import { CliError } from '../console/failures.js';
import { formatDuration } from '../console/times.js';
import type { Colours } from '../console/terminal.js';
import type { SettingsChange } from '../../model/settings.js';

interface EditOptions {
  readonly baseUrl?: string;
  readonly every?: Intervals;
  readonly enable?: readonly PolledStream[];
  readonly disable?: readonly PolledStream[];
  readonly path?: EndpointPathChanges;
  readonly threshold?: ThresholdChanges;
  readonly coverage?: CoverageChanges;
  readonly retention?: RetentionChanges;
  readonly pageSize?: number;
  readonly tokenIn?: 'meta' | 'data';
  readonly keepRows?: 'on' | 'off';
}

const collectStream = (name: string, before: readonly PolledStream[] = []): readonly PolledStream[] => [
  ...before,
  ...parseStreams([name]),
];

export const edit: CommandDefinition = (run) =>
  new Command('edit')
    .helpGroup(GROUPS.connections)
    .summary('change the settings of a connection')
    .description(DESCRIPTION)
    .addArgument(connectionIdArgument())
    .option('--base-url <url>', "another origin of the tenant's grid; tried before it is taken")
    .option('--every <stream=interval>', 'another interval, like policies=12h; may be repeated', collectInterval)
    .option('--enable <stream>', 'poll a stream; may be repeated', collectStream)
    .option('--disable <stream>', 'no longer poll a stream; may be repeated', collectStream)
    .option(
      '--path <endpoint=path>',
      'another path for an endpoint, tried before it is taken; empty for the usual one',
      collectPathChange,
    )
    .option(
      '--threshold <name=number>',
      'retentionDays, keysDueDays or keysOverdueDays; empty for the usual one',
      collectThreshold,
    )
    .option(
      '--coverage <name=list>',
      'domains or groups that matter where policies are for a part of the mail, like domains=acme.example; empty for none',
      collectCoverage,
    )
    .option(
      '--retention <name=days>',
      'eventBodiesDays or verdictsDays: what is older is erased; empty for the usual one',
      collectRetention,
    )
    .option('--page-size <rows>', 'rows asked for per page', parsePageSize)
    .addOption(new Option('--token-in <place>', 'where the page token is sent').choices(['meta', 'data']))
    .addOption(
      new Option('--keep-rows <switch>', 'keep the rows of the protection logs, which name people').choices([
        'on',
        'off',
      ]),
    )
    .addHelpText(
      'after',
      examples(
        'edit acme --base-url https://us-api.mimecast.com',
        'edit acme --every audit-events=1h --disable archive-settings',
        'edit acme --enable threat-statistics',
        'edit acme --threshold retentionDays=2555',
        'edit acme --retention eventBodiesDays=180',
      ),
    )
    .action((connectionId: string, options: EditOptions) => {
      const change = changeFrom(options);
      return run(async ({ output, services }) => {
        const connections = await services.connections();
        const report = await connections.updateSettings(connectionId, change);
        await output.answer(report, () => settingsLines(report, output.colours));
        return report.accepted ? EXIT.done : EXIT.badAnswer;
      });
    });

const DESCRIPTION = `Changes settings of a connection; what is not named stays. What touches how Mimecast is reached is tried first with the
saved keys, and a change that does not work is not taken (exit code 1). Schedules follow; pauses and running polls stay.`;

function changeFrom(options: EditOptions): SettingsChange {
  const { baseUrl, path, threshold, coverage, retention, pageSize, tokenIn, keepRows } = options;
  const streams = streamChanges(options);
  const change: SettingsChange = {
    ...(baseUrl !== undefined && { baseUrl }),
    ...(Object.keys(streams).length > 0 && { streams }),
    ...(path !== undefined && { endpointPaths: path }),
    ...(threshold !== undefined && { thresholds: threshold }),
    ...(coverage !== undefined && { coverage }),
    ...(retention !== undefined && { retention }),
    ...(keepRows !== undefined && { statistics: { keepRows: keepRows === 'on' } }),
    ...((pageSize !== undefined || tokenIn !== undefined) && {
      pagination: { ...(pageSize !== undefined && { pageSize }), ...(tokenIn !== undefined && { tokenIn }) },
    }),
  };
  if (Object.keys(change).length > 0) return change;
  throw new CliError('usage.nothingToChange', 'There is nothing to change.', 'See temporal-mimecast edit --help.');
}

function streamChanges({ every = {}, enable = [], disable = [] }: EditOptions): NonNullable<SettingsChange['streams']> {
  const changed = POLLED_STREAMS.flatMap((stream) => {
    const everyMs = every[stream];
    const enabled = disable.includes(stream) ? false : enable.includes(stream) ? true : undefined;
    if (everyMs === undefined && enabled === undefined) return [];
    return [
      [stream, { ...(everyMs !== undefined && { everyMs }), ...(enabled !== undefined && { enabled }) }],
    ] as const;
  });
  return Object.fromEntries(changed);
}

function settingsLines({ connectionId, accepted, settings, reason }: SettingsReport, colours: Colours): string[] {
  if (!accepted) return [`${connectionId}: ${colours.red('NOT CHANGED')}: ${reason ?? 'the change was refused'}`];
  const streams = POLLED_STREAMS.map((stream) => {
    const { enabled = false, everyMs = 0 } = settings.streams[stream] ?? {};
    return `${stream} ${enabled ? formatDuration(everyMs) : 'off'}`;
  });
  return [`${connectionId}: ${colours.green('changed')}`, `${settings.baseUrl}, ${streams.join(', ')}`];
}
