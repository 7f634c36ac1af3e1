import { isExcuse, isRejected, type FleetTurn } from '../fleet/index.js';
import { jainIndex, percentile } from '../statistics.js';
import type { LlmRequestRecord } from './stand-ins/index.js';

/** Time of the language model, from the request to the last token of the first sentence. */
export interface LlmOwnTime {
  readonly requests: number;
  readonly failed: number;
  /** 0 without a stand-in, because the offline assistant is a part of the server. */
  readonly medianMs: number;
  readonly p95Ms: number;
  /** Number of turns that were matched to a request by their first sentence. */
  readonly joined: number;
  /** First sounds without the model's own time, one for each counted turn that had a first sound. */
  readonly firstSoundNetMs: readonly number[];
  /** Jain's index of the devices' medians of `firstSoundNetMs`. It is 1 if all devices are served alike. */
  readonly fairness?: number;
}

/**
 * The first sentence tells which request belongs to a turn. A turn that begins with a filler did not wait for the
 * language model, so nothing is subtracted.
 */
export function takeOffOwnTime(turns: readonly FleetTurn[], requests: readonly LlmRequestRecord[]): LlmOwnTime {
  const own = new Map<string, number>();
  const times: number[] = [];
  for (const { firstSentence, firstSentenceMs } of requests) {
    if (firstSentenceMs === undefined) continue;
    own.set(firstSentence.trim(), firstSentenceMs);
    times.push(firstSentenceMs);
  }
  const medianMs = times.length === 0 ? 0 : percentile(times, 0.5);
  let joined = 0;
  const net: number[] = [];
  const byDevice = new Map<number, number[]>();
  for (const turn of turns) {
    // An apology or "busy" is no answer, so its time does not count.
    if (turn.warmup || turn.firstSoundMs === undefined || isExcuse(turn) || isRejected(turn)) continue;
    const ownMs = turn.firstSentence === undefined ? undefined : own.get(turn.firstSentence.trim());
    if (ownMs !== undefined) joined += 1;
    const netMs = turn.firstSoundMs - (ownMs ?? 0);
    net.push(netMs);
    const ofDevice = byDevice.get(turn.device);
    if (ofDevice) ofDevice.push(netMs);
    else byDevice.set(turn.device, [netMs]);
  }
  const fairness = jainIndex([...byDevice.values()].map((values) => percentile(values, 0.5)));
  return {
    requests: requests.length,
    failed: requests.filter(({ outcome }) => outcome === 'failed').length,
    medianMs,
    p95Ms: times.length === 0 ? 0 : percentile(times, 0.95),
    joined,
    firstSoundNetMs: net,
    ...(fairness !== undefined && { fairness }),
  };
}
