import * as z from 'zod/mini';
import { EVERY_ENDPOINT } from '../../model/endpoints.js';
import { listOf, once, text, type Schema } from '../../model/schemas.js';
import { whole } from '../../model/setting-kinds.js';
import { settingsSchema } from '../../model/settings-schema.js';
import { PROTECTIONS } from '../../model/statistics.js';
import type { MimecastActivities } from '../activities.js';
import { backfillInput } from './backfill.js';
import { actor, moment, note, stream, streams } from './fields.js';
import { testRequest, untimedConnect, untimedRotation } from './keys.js';
import { settingsChange } from './settings.js';
import { connectionId } from './starts.js';
import { untimedAnnotation } from './verdicts.js';

/**
 * Inputs of the activities, one schema for each parameter. Workflows have checked messages already; activities check
 * again, because a history can hold anything. The clock of a worker decides nothing here.
 */

const LARGEST = 2 ** 31 - 1;
const number = () => whole(0, LARGEST).schema();
const id = () => connectionId();
const runId = () => text(200);
const at = () => moment('is not a date');
const reason = () => text(5_000);
const cause = () => z.enum(['timer', 'change']);

/** Fields that are used; others are passed on unread. */
const having = <Shape extends Readonly<Record<string, z.core.$ZodType>>>(shape: Shape) =>
  z.looseObject(shape, { error: 'must be an object' });

/** The parts of a test that decide about keys. */
const report = () =>
  having({
    ok: z.boolean({ error: 'must be true or false' }),
    authentication: z.enum(['accepted', 'rejected', 'expired', 'unreachable', 'wrong-region']),
    account: z.optional(having({ code: text(1_000), name: z.optional(z.string()) })),
    action: z.optional(z.string()),
  });

const proof = () =>
  having({
    report: report(),
    verdict: z.enum(['accepted', 'refused', 'unjudged']),
    reason: z.optional(z.string()),
  });

const batch = {
  connectionId: id,
  generation: number,
  runId,
  startedAt: at,
  windowOpened: () => z.boolean({ error: 'must be true or false' }),
} as const;

const made = (makers: Readonly<Record<string, () => z.core.$ZodType>>) =>
  having(Object.fromEntries(Object.entries(makers).map(([name, make]) => [name, make()])));

const finished = () =>
  having({
    result: having({ connectionId: id(), stream: stream(), outcome: text(100) }),
    workflowId: text(1_000),
    runId: runId(),
    firstRunId: runId(),
    startedAt: at(),
    error: z.optional(z.string()),
  });

const endpoint = () =>
  having({
    ...{ connectionId: id(), generation: number(), stream: stream(), runId: runId() },
    endpoint: z.enum(EVERY_ENDPOINT, { error: 'is not an endpoint' }),
  });

const range = () => having({ start: at(), end: at() });
const workflowIds = () => listOf(text(1_000), 0, 100, 'must be a list of workflow ids');

type Parameters = readonly (() => Schema)[];

const schemas = (...makers: readonly (() => z.core.$ZodType)[]): Parameters =>
  makers.map((make) => once(make as () => Schema));

const optional = (make: () => z.core.$ZodType) => () => z.optional(make());

export const ACTIVITY_INPUTS: Readonly<Record<keyof MimecastActivities, Parameters>> = {
  'mimecast.loadConnection': schemas(id),
  'mimecast.openConnection': schemas(id, untimedConnect),
  'mimecast.proveKeys': schemas(id, number),
  'mimecast.settleProof': schemas(id, number, report),
  'mimecast.stageKeys': schemas(id, untimedRotation, at),
  'mimecast.proveRotation': schemas(id, number),
  'mimecast.settleRotation': schemas(id, number, proof, at, optional(note)),
  'mimecast.refuseRotation': schemas(id, reason, at),
  'mimecast.proveSettings': schemas(id, settingsChange),
  'mimecast.saveSettings': schemas(id, settingsSchema, optional(actor)),
  'mimecast.pauseStreams': schemas(id, streams, note, optional(actor)),
  'mimecast.resumeStreams': schemas(id, streams, optional(actor)),
  'mimecast.reconcileSchedules': schemas(id, streams),
  'mimecast.testConnection': schemas(id, testRequest),
  'mimecast.evaluate': schemas(id, cause),
  'mimecast.annotate': schemas(id, untimedAnnotation),
  'mimecast.withdrawAnnotation': schemas(id, () => text(40)),
  'mimecast.pollNow': schemas(id, streams),
  'mimecast.beginDisconnect': schemas(id),
  'mimecast.runningPolls': schemas(id),
  'mimecast.endPolls': schemas(id, workflowIds),
  'mimecast.finishDisconnect': schemas(id),
  'mimecast.beginPoll': schemas(id, stream),
  'mimecast.collectEndpoint': schemas(endpoint),
  'mimecast.collectAuditPages': schemas(() => made(batch)),
  'mimecast.keepHouse': schemas(id),
  'mimecast.collectProtectionLogs': schemas(() => made({ ...batch, protection: () => z.enum(PROTECTIONS) })),
  'mimecast.beginBackfill': schemas(backfillInput, runId),
  'mimecast.backfillAuditEvents': schemas(() => made({ connectionId: id, generation: number, runId, range })),
  'mimecast.finishPoll': schemas(finished),
};
