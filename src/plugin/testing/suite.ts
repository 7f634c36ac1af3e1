import assert from 'node:assert/strict';
import { setImmediate as nextMacrotask } from 'node:timers/promises';
import { ChorusError } from '../../core/index.js';

/** `it` of vitest, `test` of node:test, or of any runner like them. */
export type It = (name: string, test: () => Promise<void>) => unknown;

/** What the work fails with. */
export async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing failed');
}

/** The code of a failure of the server, or that it is none. */
export function codeOf(error: unknown): string {
  return error instanceof ChorusError ? error.code : `not a ChorusError: ${String(error)}`;
}

/** Asks in macrotasks, without a timer; the bound is the time limit of the test. */
export async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await nextMacrotask();
}

export function between(value: number, least: number, most: number, what: string): void {
  assert.ok(value > least && value < most, `${what} is ${value}, not between ${least} and ${most}`);
}

export const live = (): AbortSignal => new AbortController().signal;
