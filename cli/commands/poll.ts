import { Command } from 'commander';
import { connectionIdArgument, parseStreams, streamsArgument } from '../console/arguments.js';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { exitCodeOf } from '../rendering/outcome.js';
import { pollLines } from '../rendering/polls.js';
import { pollAndShow } from '../dev/polling.js';

export const poll: CommandDefinition = (run) =>
  new Command('poll')
    .helpGroup(GROUPS.connections)
    .summary('poll now and wait for what comes of it')
    .description(DESCRIPTION)
    .addArgument(connectionIdArgument())
    .addArgument(streamsArgument())
    .addHelpText('after', examples('poll acme', 'poll acme audit-events', 'poll acme policies --json'))
    .action((connectionId: string, names: readonly string[]) => {
      const streams = parseStreams(names);
      return run(
        async (context) => {
          const polls = await pollAndShow(context, await context.services.connections(), connectionId, streams);
          await context.output.answer(polls, () => pollLines(polls, context.output.colours));
          return exitCodeOf(polls);
        },
        { endsOnSignal: true },
      );
    });

const DESCRIPTION = `Polls now, or joins the polls that are already going, and waits until they have ended. The schedules stay as they are.

Exit code 0: every stream ended collected, empty, unavailable (Mimecast has no such endpoint for this tenant), behind (the
next poll goes on) or superseded (a newer poll took over). Exit code 1: one was forbidden, partial, failed or cut off by
a disconnect.`;
