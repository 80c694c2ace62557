import { createWriteStream } from 'node:fs';
import { devNull } from 'node:os';
import { runCommandLine } from '../../cli/program.js';
import { serve } from '../bench-process.js';
import { usageOfThisProcess, type Usage } from '../usage.js';

export interface ExportTask {
  readonly databaseUrl: string;
  /** The command line after the program's name. */
  readonly argv: readonly string[];
}

export interface ExportResult extends Usage {
  readonly elapsedMs: number;
}

const calls = {
  /** Runs the command as the program does, with its output discarded. One run per process, because a peak never falls. */
  async run({ databaseUrl, argv }: ExportTask): Promise<ExportResult> {
    const stdout = createWriteStream(devNull);
    const startedAt = performance.now();
    const exitCode = await runCommandLine(argv, {
      terminal: {
        env: { DATABASE_URL: databaseUrl, MIMECAST_DATA_DIR: '/nonexistent' },
        stdin: process.stdin,
        stdout,
        stderr: process.stderr,
        now: () => new Date(),
      },
      signal: new AbortController().signal,
    });
    if (exitCode !== 0) throw new Error(`${argv.join(' ')} ended with ${exitCode}.`);
    return { elapsedMs: performance.now() - startedAt, ...usageOfThisProcess() };
  },
};

export type ExporterProcess = typeof calls;

serve(calls);
