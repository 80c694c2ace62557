import { Command } from 'commander';
import type { SettingsReport } from '../../contract/reports.js';
import { POLLED_STREAMS } from '../../model/streams.js';
import { connectionIdArgument } from '../console/arguments.js';
import { addSettingOptions, settingsFrom } from '../console/setting-options.js';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT } from '../console/exit-codes.js';
import { CliError } from '../console/failures.js';
import { formatDuration } from '../console/times.js';
import type { Colours } from '../console/terminal.js';

export const edit: CommandDefinition = (run) =>
  addSettingOptions(new Command('edit'), 'edit')
    .helpGroup(GROUPS.connections)
    .summary('change the settings of a connection')
    .description(DESCRIPTION)
    .addArgument(connectionIdArgument())
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
    .action((connectionId: string, options: Readonly<Record<string, unknown>>) => {
      const change = settingsFrom(options);
      if (Object.keys(change).length === 0) throw nothingToChange();
      return run(async ({ output, services }) => {
        const connections = await services.connections();
        const report = await connections.updateSettings(connectionId, change);
        await output.answer(report, () => settingsLines(report, output.colours));
        return report.accepted ? EXIT.done : EXIT.badAnswer;
      });
    });

const DESCRIPTION = `Changes settings of a connection; what is not named stays. What touches how Mimecast is reached is tried first with the
saved keys, and a change that does not work is not taken (exit code 1). Schedules follow; pauses and running polls stay.`;

const nothingToChange = (): CliError =>
  new CliError('usage.nothingToChange', 'There is nothing to change.', 'See temporal-mimecast edit --help.');

function settingsLines({ connectionId, accepted, settings, reason }: SettingsReport, colours: Colours): string[] {
  if (!accepted) return [`${connectionId}: ${colours.red('NOT CHANGED')}: ${reason ?? 'the change was refused'}`];
  const streams = POLLED_STREAMS.map((stream) => {
    const { enabled = false, everyMs = 0 } = settings.streams[stream] ?? {};
    return `${stream} ${enabled ? formatDuration(everyMs) : 'off'}`;
  });
  return [`${connectionId}: ${colours.green('changed')}`, `${settings.baseUrl}, ${streams.join(', ')}`];
}
