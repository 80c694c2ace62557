import type { PollReport, StatusReport } from '../../client/index.js';
import type { StoredEvaluation } from '../../model/verdicts.js';
import type { ConnectionTest } from '../../contract/reports.js';
import type { Connections } from '../reach/services.js';
import type { Context } from '../command.js';
import type { RunningDev } from './run-dev.js';
import { EXIT, type ExitCode } from '../console/exit-codes.js';
import { failureOf } from '../console/failures.js';
import { findKeys } from '../keys/keys.js';
import { pollAndShow } from './polling.js';
import { connectionReportLines } from '../rendering/connection-report.js';
import { devDocument, devLines, type DevDocument } from '../rendering/dev.js';
import { exitCodeOf } from '../rendering/outcome.js';
import { digestLines, pollLines } from '../rendering/polls.js';
import { postureLines } from '../rendering/posture.js';
import { statusLines } from '../rendering/status.js';

/** Id of the tour's connection. */
const TOUR_CONNECTION = 'acme-demo';

/** JSON document of the tour. */
interface TourDocument extends DevDocument {
  readonly connection: ConnectionTest;
  readonly polls: readonly PollReport[];
  readonly status: StatusReport;
  readonly posture: StoredEvaluation;
}

/**
 * Shows the main use: connects the simulated tenant, polls every stream, and prints the collected evidence and the
 * verdicts.
 */
export async function tour(context: Context, { addresses, services }: RunningDev): Promise<ExitCode> {
  const { output, terminal } = context;
  const connections = await services.connections({ sealing: true });

  const connection = await connectOrFind(context, connections, addresses);
  if (!connection.ok) {
    await output.answer({ ...devDocument(addresses), connection, polls: [] }, () =>
      connectionReportLines(connection, output.colours),
    );
    return EXIT.badAnswer;
  }
  const polls = await pollAndShow(context, connections, TOUR_CONNECTION, []);
  const status = await connections.status(TOUR_CONNECTION);
  const posture = await connections.posture(TOUR_CONNECTION);

  const document: TourDocument = { ...devDocument(addresses), connection, polls, status, posture };
  await output.answer(document, () => [
    ...connectionReportLines(connection, output.colours),
    '',
    ...pollLines(polls, output.colours),
    '',
    ...digestLines(polls, output.colours),
    '',
    ...statusLines(status, terminal.now(), output.colours),
    '',
    ...postureLines(posture, { all: false }, output.colours),
    '',
    ...devLines(addresses),
  ]);
  return exitCodeOf(polls);
}

/** Connects the tenant, or tests an existing connection, so that a second run shows the same. */
async function connectOrFind(
  { terminal, output }: Context,
  connections: Connections,
  { simulatorUrl, keysFile }: RunningDev['addresses'],
): Promise<ConnectionTest> {
  const credentials = await findKeys(terminal, keysFile, (line) => {
    output.warn(line);
  });
  try {
    return await connections.connect(TOUR_CONNECTION, { credentials, baseUrl: simulatorUrl });
  } catch (error) {
    if (failureOf(error).code !== 'already-connected') throw error;
    return connections.test(TOUR_CONNECTION);
  }
}
