import type { SlotRequest } from '../../src/capacity/capacity-port.js';
import { createSlots, type SlotsOptions } from '../../src/capacity/slots.js';
import { Cancelled, ChorusError, noMetrics, sleep } from '../../src/core/index.js';
import { FakeClock } from './fake-clock.js';

export const never = new AbortController().signal;

/** CPU slots with jobs that have names. Records the order in which jobs start and end. */
export function world(options: Partial<SlotsOptions> = {}) {
  const clock = new FakeClock();
  const slots = createSlots({ clock, metrics: noMetrics, slots: 1, ...options });
  const started: string[] = [];
  const ended: string[] = [];
  /** A job that works for `runMs` even if it is aborted, as native code does. */
  const job = (
    name: string,
    request: Partial<SlotRequest> = {},
    runMs = 100,
    signal = new AbortController().signal,
  ): Promise<string> => {
    const work = async (): Promise<string> => {
      started.push(name);
      await sleep(clock, runMs);
      return name;
    };
    const note = (how: string): void => void ended.push(`${name} ${how}`);
    const result = slots.run(
      { kind: 'asr', deviceId: name, deadlineMs: 1000, predictedMs: 50, ...request },
      signal,
      work,
    );
    result.then(
      () => note('done'),
      (error: unknown) =>
        note(error instanceof ChorusError ? error.code : error instanceof Cancelled ? 'cancelled' : 'failed'),
    );
    return result.catch(() => name);
  };
  return { clock, slots, started, ended, job };
}
