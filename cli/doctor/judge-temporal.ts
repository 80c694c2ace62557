import { hasStopped, type SeenPoller, type SeenWorkers } from '../../worker/pollers.js';
import { createAttributesCommand } from '../../worker/search-attributes.js';
import type { Settings } from '../reach/settings.js';
import { formatMoment } from '../console/times.js';
import { findingsOn, REACHABLE, type Finding } from './finding.js';
import { nextStepOf } from './look.js';
import type { TemporalInside, TemporalSeen } from './look-at-temporal.js';

const temporal = findingsOn('temporal');

const CHECK_ADDRESS = 'Check TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and TEMPORAL_API_KEY.';

/** Time without contact after which a worker counts as gone: it polls at least once a minute, plus a margin. */
const SILENT_AFTER_MS = 90_000;

export function judgeTemporal({ server, inside }: TemporalSeen, settings: Wanted, now: Date): Finding[] {
  if ('trouble' in server || !inside) {
    const { message, ...trouble } = 'trouble' in server ? server.trouble : { message: 'Temporal did not answer.' };
    return [
      temporal.failure(REACHABLE, message, nextStepOf(trouble, CHECK_ADDRESS)),
      ...['namespace', 'search-attributes', 'workers'].map((check) =>
        temporal.skipped(check, 'Temporal is not reached'),
      ),
    ];
  }
  const { address, namespace } = settings.temporal;
  const reached = temporal.ok(REACHABLE, `Temporal ${server.seen.version} at ${address} answers`);
  if ('trouble' in inside.namespace) {
    return [
      reached,
      temporal.failure(
        'namespace',
        `namespace "${namespace}" cannot be used: ${inside.namespace.trouble.message}`,
        `Set TEMPORAL_NAMESPACE, or make it: temporal operator namespace create --namespace ${namespace}`,
      ),
      ...['search-attributes', 'workers'].map((check) => temporal.skipped(check, 'there is no namespace to look in')),
    ];
  }
  return [
    reached,
    temporal.ok('namespace', `namespace "${namespace}" is there`),
    judgeSearchAttributes(inside.searchAttributes, namespace),
    judgeWorkers(inside.workers, settings.taskQueue, now),
  ];
}

type Wanted = Pick<Settings, 'temporal' | 'taskQueue'>;

function judgeSearchAttributes(attributes: TemporalInside['searchAttributes'], namespace: string): Finding {
  if ('trouble' in attributes) {
    return temporal.skipped('search-attributes', attributes.trouble.message, attributes.trouble.nextStep);
  }
  const { missing } = attributes.seen;
  if (missing.length === 0) return temporal.ok('search-attributes', 'all search attributes are there');
  return temporal.failure(
    'search-attributes',
    `missing: ${missing.join(', ')}; runs that carry them hang`,
    createAttributesCommand(namespace, missing),
  );
}

function judgeWorkers(looked: TemporalInside['workers'], taskQueue: string, now: Date): Finding {
  if ('trouble' in looked) return temporal.skipped('workers', looked.trouble.message, looked.trouble.nextStep);
  const { seen: workers } = looked;
  const polls = (poller: SeenPoller): boolean => isPolling(poller, now);
  const [workflow, activity] = [workers.workflow.filter(polls), workers.activity.filter(polls)];
  const queue = `task queue "${taskQueue}"`;
  if (workflow.length === 0 && activity.length === 0) {
    const last = lastHeardOf(workers);
    const gone = last ? `, the last one until ${formatMoment(last, now)} UTC` : '';
    return temporal.failure('workers', `no worker polls ${queue}${gone}`, 'Start one: temporal-mimecast worker');
  }
  if (workflow.length === 0 || activity.length === 0) {
    const [has, lacks] = workflow.length > 0 ? ['workflows', 'activities'] : ['activities', 'workflows'];
    return temporal.failure(
      'workers',
      `${queue} is polled for ${has} and not for ${lacks}`,
      'Start a worker that does both: temporal-mimecast worker',
    );
  }
  const names = namesOf([...workflow, ...activity]);
  return temporal.ok(
    'workers',
    `${queue} is polled by ${workflow.length} for workflows, ${activity.length} for activities: ${names}`,
  );
}

function isPolling(poller: SeenPoller, now: Date): boolean {
  return !hasStopped(poller) && now.getTime() - poller.lastHeardOf.getTime() <= SILENT_AFTER_MS;
}

/** Returns the time of the last contact with any worker, by the server's clock. */
export function lastHeardOf({ workflow, activity }: SeenWorkers): Date | undefined {
  const times = [...workflow, ...activity].map((poller) => poller.lastHeardOf.getTime());
  return times.length === 0 ? undefined : new Date(Math.max(...times));
}

const MOST_NAMES = 5;

function namesOf(pollers: readonly SeenPoller[]): string {
  const names = [
    ...new Set(
      pollers.map(({ identity, build }) => (build === undefined ? identity : `${identity} (${shortBuild(build)})`)),
    ),
  ];
  const rest = names.length - MOST_NAMES;
  return [...names.slice(0, MOST_NAMES), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
}

/** Shortens the default build id, which the SDK derives from itself and a digest: `@temporalio/worker@1.24.0+7a9d26…`. */
const shortBuild = (build: string): string => build.replace(/\+([0-9a-f]{8})[0-9a-f]{20,}$/, '+$1');
