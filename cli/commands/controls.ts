import { Argument, Command } from 'commander';
import { CATALOGUE, controlOf } from '../../posture/controls/catalogue.js';
import type { Control } from '../../posture/rules/control.js';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT } from '../console/exit-codes.js';
import { CliError } from '../console/failures.js';
import { catalogueLines, controlLines } from '../rendering/controls.js';

export const controls: CommandDefinition = (run) =>
  new Command('controls')
    .helpGroup(GROUPS.evidence)
    .summary('what is judged, by which rule, and what it cannot show')
    .description(DESCRIPTION)
    .addArgument(new Argument('[id]', 'a control to explain').argParser(parseControl))
    .addHelpText('after', examples('controls', 'controls url-protection-policy', "controls --json | jq -r '.[].id'"))
    .action((control?: Control) =>
      run(async ({ output }) => {
        if (control) await output.answer(documentOf(control), () => controlLines(control, output.colours));
        else await output.answer(CATALOGUE.map(documentOf), () => catalogueLines(CATALOGUE, output.colours));
        return EXIT.done;
      }),
    );

const DESCRIPTION = `Lists the controls that a connection's posture is made of. With an id: its statement, why it matters, the rule in words, how to
put it right in the Mimecast console, the requirements that it supports, and what Mimecast's API cannot show about it. It
asks no server.`;

function parseControl(id: string): Control {
  const control = controlOf(id);
  if (control) return control;
  throw new CliError(
    'unknown-control',
    `${JSON.stringify(id)} is not a control.`,
    `Choose from ${CATALOGUE.map((known) => known.id).join(', ')}.`,
  );
}

/** Returns all properties of a control except its code. */
function documentOf(control: Control) {
  const {
    id,
    title,
    subject,
    severity,
    version,
    advisory = false,
    rationale,
    rule,
    remediation,
    limits,
    mappings,
  } = control;
  return { id, title, subject, severity, version, advisory, rationale, rule, remediation, limits, mappings };
}
