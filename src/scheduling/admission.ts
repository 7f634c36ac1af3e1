import type { Clock, Metrics } from '../core/index.js';
import type { Admission, TalkPermit } from './port.js';

export interface AdmissionOptions {
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Devices that may talk at once (`max_concurrent_sessions`). */
  readonly maxTalking: number;
  /** A device whose last turn ended less than this ago is in a conversation and goes before newcomers. */
  readonly conversationMs?: number;
}

export interface AdmissionView {
  readonly talking: number;
  readonly waiting: number;
}

const DEFAULT_CONVERSATION_MS = 30_000;
/** A refused device keeps its place for this long: it is told "busy" and comes back when its user tries again. */
const REMEMBER_REFUSAL_MS = 120_000;
/** Refusals remembered at most; beyond it the oldest is forgotten. */
const MAX_REFUSALS = 1024;

interface Waiter {
  readonly deviceId: string;
  readonly inConversation: boolean;
  /** Since when the device has been wanting to talk, earlier refusals included. */
  readonly sinceMs: number;
  readonly order: number;
  settle(permit: TalkPermit | undefined): void;
}

/**
 * Counts talking devices. A permit that is released goes straight to whoever waits: conversations before newcomers, the
 * longest refused first; so with waiters there is never room, and nobody overtakes. Predicted load joins the rule later,
 * at {@link TalkCount.#room}.
 */
export function createAdmission(options: AdmissionOptions): Admission & { view(): AdmissionView } {
  return new TalkCount(options);
}

class TalkCount implements Admission {
  #talking = 0;
  #order = 0;
  readonly #waiters = new Set<Waiter>();
  readonly #refusedSinceMs = new Map<string, number>();

  constructor(private readonly options: AdmissionOptions) {
    if (!(options.maxTalking >= 1)) throw new RangeError('maxTalking must be at least 1');
  }

  view(): AdmissionView {
    return { talking: this.#talking, waiting: this.#waiters.size };
  }

  tryAdmit(deviceId: string, lastTurnEndedMs: number | undefined): TalkPermit | undefined {
    void lastTurnEndedMs;
    if (this.#room()) return this.#grant(deviceId, 'admitted');
    this.#remember(deviceId);
    this.options.metrics.count('chorus_admission_total', { result: 'refused' });
    return undefined;
  }

  admit(deviceId: string, lastTurnEndedMs: number | undefined, waitMs: number, signal: AbortSignal): Promise<TalkPermit | undefined> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      if (this.#room()) return resolve(this.#grant(deviceId, 'admitted'));
      const nowMs = this.options.clock.nowMs();
      const leave = (): void => {
        this.#waiters.delete(waiter);
        timer.cancel();
        signal.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        leave();
        this.#remember(deviceId, waiter.sinceMs);
        reject(signal.reason);
      };
      const waiter: Waiter = {
        deviceId,
        inConversation: lastTurnEndedMs !== undefined && nowMs - lastTurnEndedMs < (this.options.conversationMs ?? DEFAULT_CONVERSATION_MS),
        sinceMs: this.#wantingSince(deviceId, nowMs),
        order: this.#order++,
        settle: (permit) => {
          leave();
          resolve(permit);
        },
      };
      const timer = this.options.clock.after(waitMs, () => {
        this.#remember(deviceId, waiter.sinceMs);
        this.options.metrics.count('chorus_admission_total', { result: 'refused' });
        waiter.settle(undefined);
      });
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiters.add(waiter);
    });
  }

  #room(): boolean {
    return this.#talking < this.options.maxTalking;
  }

  #grant(deviceId: string, result: 'admitted' | 'waited'): TalkPermit {
    this.#talking += 1;
    this.#refusedSinceMs.delete(deviceId);
    this.options.metrics.count('chorus_admission_total', { result });
    let held = true;
    return {
      release: () => {
        if (!held) return;
        held = false;
        this.#talking -= 1;
        this.#serveWaiters();
      },
    };
  }

  #serveWaiters(): void {
    while (this.#room()) {
      const next = [...this.#waiters].sort(byTurn)[0];
      if (next === undefined) return;
      next.settle(this.#grant(next.deviceId, 'waited'));
    }
  }

  #wantingSince(deviceId: string, nowMs: number): number {
    const sinceMs = this.#refusedSinceMs.get(deviceId);
    return sinceMs !== undefined && nowMs - sinceMs < REMEMBER_REFUSAL_MS ? sinceMs : nowMs;
  }

  #remember(deviceId: string, sinceMs = this.#wantingSince(deviceId, this.options.clock.nowMs())): void {
    this.#refusedSinceMs.delete(deviceId);
    this.#refusedSinceMs.set(deviceId, sinceMs);
    if (this.#refusedSinceMs.size > MAX_REFUSALS) {
      for (const oldest of this.#refusedSinceMs.keys()) {
        this.#refusedSinceMs.delete(oldest);
        break;
      }
    }
  }
}

function byTurn(a: Waiter, b: Waiter): number {
  if (a.inConversation !== b.inConversation) return a.inConversation ? -1 : 1;
  return a.sinceMs - b.sinceMs || a.order - b.order;
}
