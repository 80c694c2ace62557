import type { Reporter, TestModule, Vitest } from 'vitest/node';

const LISTED = 10;

/** Prints, after a run of many files, which took longest, and which tests passed only when they were tried again. */
export default class SlowestFiles implements Reporter {
  private vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines = [...(modules.length > LISTED ? slowest(modules) : []), ...flaky(modules)];
    if (lines.length > 0) this.vitest?.logger.log(['', ...lines, ''].join('\n'));
  }
}

function slowest(modules: readonly TestModule[]): string[] {
  const files = modules
    .map((module) => ({ file: module.relativeModuleId, seconds: module.diagnostic().duration / 1000 }))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, LISTED);
  return [
    'The slowest files, in seconds:',
    ...files.map(({ file, seconds }) => `${seconds.toFixed(1).padStart(8)}  ${file}`),
  ];
}

function flaky(modules: readonly TestModule[]): string[] {
  const tests = modules.flatMap(({ children }) => [...children.allTests()]);
  const names = tests
    .filter((test) => test.diagnostic()?.flaky)
    .map(({ module, fullName }) => `  ${module.relativeModuleId} > ${fullName}`);
  return names.length > 0 ? ['Passed only at a second try, which is a defect of the test:', ...names] : [];
}
