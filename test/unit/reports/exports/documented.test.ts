import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ACTION_PLAN_COLUMNS } from '../../../../reports/exports/action-plan.js';
import { EVENT_COLUMNS, OBSERVATION_COLUMNS } from '../../../../reports/exports/evidence-columns.js';
import { VERDICT_COLUMNS } from '../../../../reports/exports/verdict-rows.js';

const GUIDE = readFileSync(new URL('../../../../docs/auditing.md', import.meta.url), 'utf8');

interface Described {
  readonly name: string;
  readonly about: string;
}

/** The rows of the table under a heading. */
function rowsUnder(heading: string): Described[] {
  const [, after = ''] = GUIDE.split(`### ${heading}\n`);
  const [section = ''] = after.split('\n#');
  return [...section.matchAll(/^\| `([^`]+)`\s*\| (.+?)\s*\|$/gm)].map(([, name = '', about = '']) => ({
    name,
    about,
  }));
}

test.each<[string, readonly Described[]]>([
  ['Columns of `csv` for verdicts', VERDICT_COLUMNS],
  ['Columns of `action-plan`', ACTION_PLAN_COLUMNS],
  ['Columns of `csv` for events', EVENT_COLUMNS],
  ['Columns of `csv` for observations', OBSERVATION_COLUMNS],
])('%s: every column is described, in its order', (heading, columns) => {
  expect(rowsUnder(heading)).toEqual(columns.map(({ name, about }) => ({ name, about })));
});
