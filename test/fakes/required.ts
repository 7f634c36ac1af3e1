import { describe } from 'vitest';

/** Tests that need a program which not every machine has: skipped with the reason in their title, or run all the same, and fail, where CI asks for all (CHORUS_REQUIRE=all). */
export function describeWith(missing: string | undefined, title: string, tests: () => void): void {
  const skipped = missing !== undefined && process.env['CHORUS_REQUIRE'] !== 'all';
  const declare = skipped ? describe.skip : describe;
  declare(skipped ? `${title} (skipped: ${missing})` : title, tests);
}
