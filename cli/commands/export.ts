import { Command, Option } from 'commander';
import { connectionIdArgument, parseMoment } from '../console/arguments.js';
import { examples, GROUPS, type CommandDefinition, type Context } from '../command.js';
import { EXIT } from '../console/exit-codes.js';
import { FORMATS, planExport, SUBJECTS, type ExportChoice, type ExportPlan } from '../exports/plan.js';
import { PRODUCT } from '../console/product.js';
import { requireConnection } from '../reach/stored-connection.js';
import { writeJsonArray, writeJsonLines, writeTexts } from '../console/streaming.js';
import type { EvidenceStore } from '../../evidence/store.js';

export const exportEvidence: CommandDefinition = (run) =>
  new Command('export')
    .helpGroup(GROUPS.evidence)
    .summary('write evidence or verdicts of a connection to stdout')
    .description(DESCRIPTION)
    .addArgument(connectionIdArgument())
    .addOption(new Option('--format <format>', 'form of the output').choices(FORMATS).default('jsonl'))
    .addOption(
      new Option('--what <what>', 'evidence (all for jsonl) or verdicts (for the other formats)').choices(SUBJECTS),
    )
    .option('--from <date>', 'from this moment on (UTC)', parseMoment)
    .option('--to <date>', 'before this moment (UTC)', parseMoment)
    .option('--at <date>', 'the record of verdicts that stood at this moment (UTC), instead of the latest', parseMoment)
    .option('--names', 'with the names of people in verdicts, which are withheld otherwise')
    .addHelpText(
      'after',
      examples(
        'export acme > acme.jsonl',
        'export acme --what events --from 2026-11-01 --to 2026-12-01 | gzip > november.jsonl.gz',
        'export acme --what observations --json | jq length',
        'export acme --what bundle > acme.jsonl && temporal-mimecast verify --bundle acme.jsonl',
        'export acme --format action-plan > acme.csv',
        'export acme --format ocsf --from 2026-11-01',
        'export acme --format oscal --at 2026-11-23T02:10Z > assessment-results.json',
      ),
    )
    .action((connectionId: string, options: ExportChoice) =>
      run(async (context) => {
        const plan = planExport(options, context.output.json);
        const evidence = await context.services.evidence();
        await requireConnection(evidence, connectionId);
        await write(plan, { connectionId, evidence, context });
        return EXIT.done;
      }),
    );

const DESCRIPTION = `Writes evidence or verdicts of a connection to stdout.

  evidence   jsonl  events, observations or both, one record a line; with --json one array
             csv    events or observations
  bundle     jsonl  all that the log is proved from, as it was at one moment: to verify it elsewhere
  verdicts   jsonl  one verdict a line; with --json one array
             csv    one verdict a row
             action-plan  CSV of what fails or is unknown, with what to do, for a spreadsheet
             ocsf   OCSF Compliance Findings 1.8, one a line; with --json one array
             oscal  OSCAL assessment results 1.1.3, one document

Verdicts are those of the latest record, or of the one at --at; jsonl, csv and ocsf take all records of --from and --to. The
same record gives the same bytes. It is read and written piece by piece, so any amount of it needs little memory. Disconnected
connections can be exported too. The columns are described in docs/auditing.md.`;

interface Source {
  readonly connectionId: string;
  readonly evidence: EvidenceStore;
  readonly context: Pick<Context, 'terminal' | 'output' | 'signal'>;
}

async function write(plan: ExportPlan, source: Source): Promise<void> {
  const { terminal, signal } = source.context;
  if (plan.about === 'bundle') {
    await writeJsonLines(source.evidence.proof.bundle(source.connectionId), terminal.stdout, signal);
    return;
  }
  if (plan.about === 'verdicts' || plan.format === 'csv') {
    await writeTexts(await textsOf(plan, source), terminal.stdout, signal);
    return;
  }
  const records = source.evidence.export(source.connectionId, { ...plan.range, what: plan.what });
  await (source.context.output.json ? writeJsonArray : writeJsonLines)(records, terminal.stdout, signal);
}

/** Creates the output. Its modules are imported lazily, because most exports do not need them. */
async function textsOf(
  plan: Exclude<ExportPlan, { about: 'bundle' } | { about: 'evidence'; format: 'jsonl' }>,
  { connectionId, evidence, context }: Source,
): Promise<AsyncIterable<string>> {
  const { evidenceCsv, verdictTexts } = await import('../exports/texts.js');
  if (plan.about === 'evidence') {
    return evidenceCsv(evidence.export(connectionId, { ...plan.range, what: [plan.what] }), plan.what);
  }
  const rendering = { product: PRODUCT, names: plan.names };
  return verdictTexts(evidence.evaluations, connectionId, plan, { rendering, json: context.output.json });
}
