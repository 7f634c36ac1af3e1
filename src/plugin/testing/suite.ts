import assert from 'node:assert/strict';
import { setImmediate as nextMacrotask } from 'node:timers/promises';
import { ChorusError } from '../../core/index.js';

/** `it` of vitest, `test` of node:test, or the function of a similar runner. */
export type It = (name: string, test: () => Promise<void>) => unknown;

/** Resolves with the error that `work` rejects with. */
export async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing failed');
}

/** Returns the code of a server error, or a note that the error is of another type. */
export function codeOf(error: unknown): string {
  return error instanceof ChorusError ? error.code : `not a ChorusError: ${String(error)}`;
}

/** Polls in macrotasks, without a timer. The test's time limit ends the polling. */
export async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await nextMacrotask();
}

export function between(value: number, least: number, most: number, what: string): void {
  assert.ok(value > least && value < most, `${what} is ${value}, not between ${least} and ${most}`);
}

export const live = (): AbortSignal => new AbortController().signal;
