import { describe, expect, it } from 'vitest';

/**
 * Declares tests that need a program. If it is missing, they are skipped with the reason in their title, or they fail
 * in CI (CHORUS_REQUIRE=all). CHORUS_WITHOUT lists, separated by spaces, the programs that CI could not download. Tests
 * of such a program are replaced by a single test that names the program.
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
