import type {
  ActionName,
  ApplyPlan,
  ApplyReport,
  ApplyResult,
  FieldChange,
  PlannedAction,
  PlannedConnection,
} from '../../client/index.js';
import type { Colours } from '../console/terminal.js';

/** Formats a plan: one line per action, with changed settings below it. */
export function planLines(plan: ApplyPlan, colours: Colours): string[] {
  const { connections, unmanaged } = plan;
  const shown = connections.filter(({ actions, notes = [] }) => actions.length > 0 || notes.length > 0);
  const width = Math.max(0, ...shown.map(({ connectionId }) => connectionId.length));
  return [
    ...shown.flatMap((connection) => connectionLines(connection, width, colours)),
    ...(shown.length > 0 ? [''] : []),
    planSummary(plan),
    ...(unmanaged.length === 0 ? [] : [unmanagedLine(unmanaged)]),
  ];
}

const SIGNS: Readonly<Record<ActionName, string>> = {
  connect: '+',
  'resume-entity': '!',
  rotate: '~',
  edit: '~',
  disconnect: '-',
};

function connectionLines({ connectionId, actions, notes = [] }: PlannedConnection, width: number, colours: Colours) {
  const name = connectionId.padEnd(width);
  return [
    ...actions.flatMap((action) => [
      `${paint(action.action, colours)(SIGNS[action.action])} ${name}  ${actionWords(action)}`,
      ...('changes' in action
        ? action.changes.map((change) => `  ${' '.repeat(width)}    ${changeWords(change)}`)
        : []),
    ]),
    ...notes.map((note) => `  ${name}  ${colours.yellow('note')}: ${note}`),
  ];
}

function paint(action: ActionName, colours: Colours): (text: string) => string {
  if (action === 'connect') return colours.green;
  return action === 'disconnect' ? colours.red : colours.yellow;
}

function actionWords(action: PlannedAction): string {
  switch (action.action) {
    case 'connect':
      return `connect${action.again ? ' again' : ''}  ${action.baseUrl}`;
    case 'resume-entity':
      return 'start its workflow again, which is missing';
    case 'rotate': {
      const replaced = action.replaces === undefined ? '' : ` in place of v${action.replaces}`;
      return `rotate  new keys${replaced}${action.baseUrl === undefined ? '' : `, at ${action.baseUrl}`}`;
    }
    case 'edit':
      return 'edit';
    case 'disconnect':
      return 'disconnect  in no file; destroys its keys, keeps its evidence';
  }
}

const changeWords = ({ field, from = 'usual', to = 'usual' }: FieldChange): string =>
  `${field}  ${String(from)} → ${String(to)}`;

function planSummary({ connections }: ApplyPlan): string {
  const actions = connections.flatMap((connection) => connection.actions.map(({ action }) => action));
  const unchanged = connections.filter((connection) => connection.actions.length === 0).length;
  if (actions.length === 0)
    return `Nothing to do: ${counted(unchanged)} ${unchanged === 1 ? 'is' : 'are'} as in the files${exceptKeys(connections)}.`;
  const counts = (Object.keys(VERBS) as ActionName[]).flatMap((name) => {
    const count = actions.filter((action) => action === name).length;
    return count === 0 ? [] : [`${count} to ${VERBS[name]}`];
  });
  return `Plan: ${counts.join(', ')}, ${unchanged} unchanged.`;
}

function exceptKeys(connections: readonly PlannedConnection[]): string {
  const unknown = connections.filter(({ keysUnknown }) => keysUnknown).length;
  return unknown === 0 ? '' : `, apart from the keys of ${unknown}, which were not read`;
}

const VERBS: Readonly<Record<ActionName, string>> = {
  connect: 'connect',
  'resume-entity': 'start again',
  rotate: 'rotate',
  edit: 'edit',
  disconnect: 'disconnect',
};

const MOST_NAMED = 10;

function unmanagedLine(ids: readonly string[]): string {
  const named = ids.slice(0, MOST_NAMED).join(', ');
  const rest = ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : '';
  const them = ids.length === 1 ? 'it' : 'them';
  return `In no file, and left alone: ${named}${rest}. --prune would disconnect ${them}.`;
}

/** Formats the result of a plan: failures, and a count of successes; nothing when there was nothing to do. */
export function applyLines({ results, interrupted, dryRun, plan }: ApplyReport, colours: Colours): string[] {
  if (plan.connections.every(({ actions }) => actions.length === 0)) return [];
  if (dryRun) return ['Dry run: nothing was changed.'];
  const failed = results.filter(({ ok }) => !ok);
  const done = results.length - failed.length;
  return [
    '',
    ...failed.map((result) => failureLine(result, colours)),
    ...(failed.length > 0 ? [''] : []),
    `${done} done, ${failed.length} failed.${interrupted ? ' Interrupted: apply again for the rest.' : ''}`,
  ];
}

function failureLine({ connectionId, action, reason = 'it did not succeed' }: ApplyResult, colours: Colours): string {
  return `${connectionId}  ${colours.red(`${action} FAILED`)}: ${reason}`;
}

const counted = (count: number): string => `${count} ${count === 1 ? 'connection' : 'connections'}`;
