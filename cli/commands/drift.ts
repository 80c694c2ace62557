import { Command, Option } from 'commander';
import type { EndpointName } from '../../model/connection.js';
import type { Drift } from '../../evidence/observations/drift.js';
import { connectionIdArgument, parseMoment } from '../console/arguments.js';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT } from '../console/exit-codes.js';
import { driftLines } from '../rendering/drift.js';
import { requireConnection } from '../reach/stored-connection.js';
import { ENDPOINT_NAMES } from '../../model/endpoints.js';

interface DriftOptions {
  readonly from?: Date;
  readonly to?: Date;
  readonly endpoint?: EndpointName;
  readonly names?: boolean;
}

export const drift: CommandDefinition = (run) =>
  new Command('drift')
    .helpGroup(GROUPS.evidence)
    .summary('what was changed at Mimecast between two polls')
    .description(DESCRIPTION)
    .addArgument(connectionIdArgument())
    .option('--from <date>', 'found from this moment on (UTC)', parseMoment)
    .option('--to <date>', 'found before this moment (UTC)', parseMoment)
    .addOption(new Option('--endpoint <name>', 'of this endpoint alone').choices(ENDPOINT_NAMES))
    .option('--names', 'with the names of people, which are withheld otherwise')
    .addHelpText('after', examples('drift acme', 'drift acme --from 2026-11-01 --endpoint url-protect --json'))
    .action((connectionId: string, { names = false, ...range }: DriftOptions) =>
      run(async ({ output, services, signal }) => {
        const evidence = await services.evidence();
        await requireConnection(evidence, connectionId);
        const found: Drift[] = [];
        for await (const change of evidence.drift(connectionId, range)) {
          signal.throwIfAborted();
          found.push(names ? change : withoutNames(change));
        }
        await output.answer(found, () => driftLines(connectionId, found, output.colours));
        return EXIT.done;
      }),
    );

const withoutNames = (drift: Drift): Drift => ({
  ...drift,
  candidates: drift.candidates.map(({ eventTime, auditType, category, digest, names }) => {
    return { eventTime, auditType, category, digest, names };
  }),
});

const DESCRIPTION = `Shows how answers differ from the answers before them: policies that were added, removed or changed, settings, account
features. Compared by what they say: ids, order and dates of saving do not count. Candidates are administrative events between
the two answers that name what was changed; they are not proof of who did it.`;
