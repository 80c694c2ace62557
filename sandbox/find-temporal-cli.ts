import { findTemporalCli, TemporalCliError } from './temporal-cli.js';

/**
 * Finds or downloads the Temporal CLI in advance: `node dist/sandbox/find-temporal-cli.js`. Writes to stderr only; exit code
 * 1 when there is none.
 */
const say = (line: string): void => void process.stderr.write(`set-up: ${line}\n`);

try {
  await findTemporalCli({ log: say });
} catch (error) {
  if (!(error instanceof TemporalCliError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
