import type { Reporter, TestModule } from 'vitest/node';

/**
 * Prints `N passed, N failed, N skipped` as the last line, for scripts that read only this line. With
 * CHORUS_REQUIRE=all, a skipped test fails the run and is named.
 */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    const skipped: string[] = [];
    let brokenFiles = 0;
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      for (const test of tests) {
        const { state } = test.result();
        count[state] += 1;
        if (state === 'skipped') skipped.push(`${module.relativeModuleId}: ${test.fullName}`);
      }
      // A file that could not be loaded has no failed tests, but still counts as a failure.
      if (module.state() === 'failed' && tests.every((test) => test.result().state !== 'failed')) brokenFiles += 1;
    }
    if (process.env['CHORUS_REQUIRE'] === 'all' && skipped.length > 0) {
      console.log(`CHORUS_REQUIRE=all, and these were skipped:\n  ${skipped.join('\n  ')}`);
      process.exitCode = 1;
    }
    console.log(
      `${count.passed} passed, ${count.failed + brokenFiles} failed, ${count.skipped + count.pending} skipped`,
    );
  }
}
