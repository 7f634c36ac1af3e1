import { describe } from 'vitest';

/**
 * Tests that need a program: without it they are skipped with a reason in their title, or fail in CI
 * (CHORUS_REQUIRE=all).
 */
export function describeWith(missing: string | undefined, title: string, tests: () => void): void {
  const skipped = missing !== undefined && process.env['CHORUS_REQUIRE'] !== 'all';
  const declare = skipped ? describe.skip : describe;
  declare(skipped ? `${title} (skipped: ${missing})` : title, tests);
}
