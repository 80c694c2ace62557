import { fileURLToPath } from 'node:url';
import * as workflows from '@surecloud/temporal-mimecast/workflows';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { beforeAll, expect, test } from 'vitest';
import { MimecastPlugin } from '../../../worker/plugin.js';

interface Bundle {
  readonly bytes: number;
  /** Names of the packages that are in it. */
  readonly packages: readonly string[];
}

async function bundleOf(file: URL): Promise<Bundle> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(file),
    logger: new DefaultLogger('ERROR'),
  });
  const [, map = ''] = /sourceMappingURL=data:[^,]*,([\w+/=]+)/.exec(code) ?? [];
  const { sources } = JSON.parse(Buffer.from(map, 'base64').toString()) as { readonly sources: readonly string[] };
  const packages = sources.flatMap((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []);
  return { bytes: code.replace(/\/\/# sourceMappingURL=.*/, '').length, packages: [...new Set(packages)].sort() };
}

let ours: Bundle;
let empty: Bundle;
beforeAll(async () => {
  [ours, empty] = await Promise.all([
    bundleOf(new URL('../../support/workflows/users-workflows.ts', import.meta.url)),
    bundleOf(new URL('../../support/workflows/empty-workflow.ts', import.meta.url)),
  ]);
});

test("a user's workflows file that re-exports ours bundles, with no packages but those of the engine and zod", () => {
  expect(empty.packages).toContain('@temporalio/workflow');
  expect(ours.packages).toEqual([...empty.packages, 'zod'].sort());
});

test('ours add 0.2 MB to it, and zod 0.35 MB', () => {
  expect(ours.bytes).toBeGreaterThan(empty.bytes);
  expect(ours.bytes - empty.bytes).toBeLessThan(550_000);
});

test('every workflow and every activity has our prefix, so that it meets none of the user', () => {
  const names = Object.keys(workflows);
  expect(names).toHaveLength(7);
  for (const name of names) expect(name).toMatch(/^mimecast[A-Z]/);

  const plugin = new MimecastPlugin({
    databaseUrl: 'postgres://127.0.0.1:1/nowhere',
    keyring: '/nonexistent/ring.json',
  });
  const { activities } = plugin.configureWorker({ taskQueue: 'any' });
  expect(Object.keys(activities ?? {})).not.toHaveLength(0);
  for (const name of Object.keys(activities ?? {})) expect(name).toMatch(/^mimecast\.[a-z]/);
});
