import { type Metrics, silentLogger } from '../../src/core/index.js';
import { Pacer, type PacedReplyOptions } from '../../src/speech/speaking/pacing/pacer.js';
import { FakeClock } from './fake-clock.js';

const PACKET = Uint8Array.of(1, 2, 3);

/** The firmware's queue: one packet is played, `capacity` packets wait, and any further packet is lost. */
export class DeviceQueue {
  #busyUntilMs = 0;
  #started = false;
  arrivals: number[] = [];
  lost = 0;
  underruns = 0;

  constructor(private readonly capacity: number) {}

  arrive(nowMs: number): void {
    this.arrivals.push(nowMs);
    if (this.#busyUntilMs <= nowMs) {
      if (this.#started && this.#busyUntilMs < nowMs) this.underruns += 1;
      this.#busyUntilMs = nowMs + 60;
      this.#started = true;
      return;
    }
    const waiting = Math.ceil((this.#busyUntilMs - nowMs) / 60) - 1;
    if (waiting >= this.capacity) this.lost += 1;
    else this.#busyUntilMs += 60;
  }

  get smallestGapMs(): number {
    return Math.min(...this.arrivals.slice(1).map((atMs, i) => atMs - this.arrivals[i]!));
  }
}

export function counting(): { metrics: Metrics; counts: Record<string, number>; seen: Record<string, number[]> } {
  const counts: Record<string, number> = {};
  const seen: Record<string, number[]> = {};
  const keep = (name: string, value: number): void => void (seen[name] ??= []).push(value);
  return {
    counts,
    seen,
    metrics: {
      count: (name, _labels, by = 1) => void (counts[name] = (counts[name] ?? 0) + by),
      gauge: keep,
      observeMs: keep,
    },
  };
}

/** A pacer whose metrics are counted and whose replies go to a {@link DeviceQueue}. */
export function pacerWorld(options: { tailMs?: number } = {}) {
  const clock = new FakeClock();
  const { metrics, counts, seen } = counting();
  const pacer = new Pacer({ clock, log: silentLogger, metrics, maxBufferedBytes: 4096, tailMs: options.tailMs ?? 0 });
  const open = (
    device: DeviceQueue,
    limit: number,
    more: Partial<PacedReplyOptions> & { buffered?: () => number } = {},
  ) => {
    const events: string[] = [];
    const timestamps: number[] = [];
    const reply = pacer.open({
      deviceId: 'a',
      notBeforeMs: clock.nowMs(),
      sink: {
        deviceQueueLimit: limit,
        bufferedBytes: more.buffered ?? (() => 0),
        sendPacket: (_packet, timestampMs) => {
          timestamps.push(timestampMs);
          device.arrive(clock.nowMs());
        },
      },
      onSend: (sentence) => events.push(`send ${sentence}`),
      onNearlySent: (sentence) => events.push(`nearly sent ${sentence}`),
      onSent: () => undefined,
      onDone: () => events.push(`done ${clock.nowMs()}`),
      ...more,
    });
    return { reply, events, timestamps };
  };
  return { clock, pacer, open, counts, seen };
}

export const packets = (count: number): Uint8Array[] => Array.from({ length: count }, () => PACKET);
