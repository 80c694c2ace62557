import { Command } from 'commander';
import { connectionIdArgument, parseStreams, streamsArgument } from '../console/arguments.js';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT } from '../console/exit-codes.js';
import { statusLines } from '../rendering/status.js';

export const pause: CommandDefinition = (run) =>
  new Command('pause')
    .helpGroup(GROUPS.connections)
    .summary('stop polling on schedule, until resume')
    .description(DESCRIPTION)
    .addArgument(connectionIdArgument())
    .addArgument(streamsArgument())
    .requiredOption('--note <text>', 'why, for whoever finds it paused')
    .addHelpText('after', examples('pause acme --note "mail migration"', 'pause acme policies --note "change freeze"'))
    .action((connectionId: string, names: readonly string[], { note }: { readonly note: string }) => {
      const streams = parseStreams(names);
      return run(async ({ output, services, terminal }) => {
        const connections = await services.connections();
        const status = await connections.pause(connectionId, { note, ...(streams.length > 0 && { streams }) });
        await output.answer(status, () => statusLines(status, terminal.now(), output.colours));
        return EXIT.done;
      });
    });

const DESCRIPTION = `Pauses the schedules of a connection, or of the streams that are named. Polls that are going end by themselves, and "poll"
still polls. New keys do not lift this pause; "resume" does.`;
