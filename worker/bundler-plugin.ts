import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { BundleOptions, BundlerPlugin } from '@temporalio/worker';

/** The product's workflows, compiled. */
export const WORKFLOWS = createRequire(import.meta.url).resolve('@surecloud/temporal-mimecast/workflows');

const CONVERTERS = join(dirname(WORKFLOWS), 'converter');

/**
 * For bundles that are built before the worker starts: `bundleWorkflowCode({ workflowsPath, plugins: [new
 * MimecastBundlerPlugin()] })`. Workers that bundle by themselves have it from `MimecastPlugin`.
 *
 * It wraps the payload converter of the bundle, so that a message that cannot be decoded stops no workflow of the product.
 * Other workflows behave as before.
 */
export class MimecastBundlerPlugin implements BundlerPlugin {
  readonly name = '@surecloud/temporal-mimecast';

  configureBundler(options: BundleOptions): BundleOptions {
    return withMarkingConverter(options);
  }
}

/** Makes the product's payload converter that of a bundle, and puts the user's in its place inside. */
export function withMarkingConverter(options: BundleOptions): BundleOptions {
  const ours = join(CONVERTERS, 'payload-converter.js');
  const { payloadConverterPath: users, webpackConfigHook } = options;
  if (users === ours) return options;
  if (users === undefined) return { ...options, payloadConverterPath: ours };
  return {
    ...options,
    payloadConverterPath: ours,
    webpackConfigHook: (config) => {
      const alias = [...aliases(config.resolve?.alias), { name: join(CONVERTERS, 'users-converter.js'), alias: users }];
      const changed = { ...config, resolve: { ...config.resolve, alias } };
      return webpackConfigHook?.(changed) ?? changed;
    },
  };
}

type Alias = NonNullable<
  NonNullable<Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0]['resolve']>['alias']
>;
type AliasEntry = Extract<Alias, readonly unknown[]>[number];

/** An alias is a list, or an object whose names it is for. */
function aliases(alias: Alias = []): readonly AliasEntry[] {
  if (Array.isArray(alias)) return alias;
  return Object.entries(alias).map(([name, target]) => ({
    name: name.replace(/\$$/, ''),
    onlyModule: name.endsWith('$'),
    alias: target,
  }));
}
