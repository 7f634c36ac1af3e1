import { describe, expect, it } from 'vitest';

/**
 * Tests that need a program. Without it they are skipped with a reason in their title, or fail in CI
 * (CHORUS_REQUIRE=all). CHORUS_WITHOUT has the names of programs that CI could not download, separated by spaces. One
 * test that names the program replaces those tests.
 */
export function describeWith(missing: string | undefined, title: string, tests: () => void, name?: string): void {
  const unobtainable = name !== undefined && (process.env['CHORUS_WITHOUT'] ?? '').split(' ').includes(name);
  if (missing !== undefined && unobtainable) {
    it(`${title} (left out: ${name} could not be fetched)`, () => expect(missing).toBeTruthy());
    return;
  }
  const skipped = missing !== undefined && process.env['CHORUS_REQUIRE'] !== 'all';
  const declare = skipped ? describe.skip : describe;
  declare(skipped ? `${title} (skipped: ${missing})` : title, tests);
}
