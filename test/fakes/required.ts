import { describe, expect, it } from 'vitest';

/**
 * Tests that need a program: without it they are skipped with a reason in their title, or fail in CI
 * (CHORUS_REQUIRE=all). CHORUS_WITHOUT names, separated by spaces, what CI itself could not fetch; such tests are
 * replaced by one that says so.
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
