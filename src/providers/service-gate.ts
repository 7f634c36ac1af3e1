import { ChorusError, type Clock, type Metrics } from '../core/index.js';
import { Permits } from './permits.js';
import { RateWindow } from './rate-window.js';
import { serviceError, type ServiceKind } from './wire/refusal.js';
import { providerWords } from './words.js';
import { wireWords } from './wire/words.js';

export interface ServiceGateOptions {
  readonly kind: ServiceKind;
  readonly service: string;
  /** Limit of one key. */
  readonly concurrent: number;
  /** Limit of one key. */
  readonly perMinute?: number | undefined;
  /** One key or several, separated by commas or spaces. Each key has its own limit. Undefined if no key is needed. */
  readonly keys?: string | undefined;
  /** A request that would wait longer is refused, so that the next provider is asked. Default: 3 s. */
  readonly mostWaitMs?: number;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

export interface Lease {
  readonly key: string | undefined;
  /** Only the first call has an effect. */
  readonly release: () => void;
  /** Reports the service's error. The key may then be paused. */
  readonly refused: (error: unknown) => void;
}

interface Key {
  readonly value: string | undefined;
  inUse: number;
  pausedUntilMs: number;
  readonly window: RateWindow;
}

const MOST_WAIT_MS = 3_000;
/** Pause of a key that the service rejected, if there are other keys, which may be valid. */
const WRONG_KEY_PAUSE_MS = 60_000;

/**
 * The limits of one service, shared by all devices. Waiting requests are served in a fair order. A key is paused if the
 * service asks for a pause, or rejects the key while there are others.
 */
export class ServiceGate {
  readonly #keys: readonly Key[];
  readonly #permits: Permits;

  constructor(private readonly options: ServiceGateOptions) {
    const { keys, concurrent, perMinute, kind, mostWaitMs = MOST_WAIT_MS, clock } = options;
    const values = (keys ?? '').split(/[\s,]+/u).filter((key) => key !== '');
    this.#keys = (values.length === 0 ? [undefined] : values).map((value) => ({
      value,
      inUse: 0,
      pausedUntilMs: 0,
      window: new RateWindow(perMinute),
    }));
    this.#permits = new Permits({
      count: concurrent * this.#keys.length,
      ...(perMinute !== undefined && { rate: { window: new RateWindow(perMinute * this.#keys.length), clock } }),
      wait: { mostMs: mostWaitMs, clock },
      of: wireWords.services[kind].en.replace('the ', ''),
    });
  }

  get free(): number {
    return this.#permits.free;
  }

  get takesGuess(): boolean {
    return this.#permits.free > 1 && this.#permits.minuteTakesGuess;
  }

  /**
   * Errors: the signal's reason, `capacity.queue_full`, `capacity.queue_timeout`, or `rate_limited` with the kind of
   * the service, such as `asr.rate_limited`.
   */
  async take(device: string | undefined, signal: AbortSignal): Promise<Lease> {
    const { clock, metrics, kind, service } = this.options;
    const sinceMs = clock.nowMs();
    const permit = await this.#permits.take(signal, device);
    metrics.observeMs('chorus_service_wait_seconds', clock.nowMs() - sinceMs, { kind, service });
    const key = this.#best();
    if (!key) {
      permit.unused();
      throw serviceError(kind, 'rate_limited', providerWords.leftAlone);
    }
    key.inUse += 1;
    key.window.begin(permit.sinceMs);
    let released = false;
    return {
      key: key.value,
      release: () => {
        if (released) return;
        released = true;
        key.inUse -= 1;
        permit.release();
      },
      refused: (error) => this.#refused(key, error),
    };
  }

  #best(): Key | undefined {
    const nowMs = this.options.clock.nowMs();
    const usable = this.#keys.filter(
      ({ inUse, pausedUntilMs, window }) =>
        inUse < this.options.concurrent && pausedUntilMs <= nowMs && window.waitMs(nowMs) === 0,
    );
    return usable.reduce<Key | undefined>((best, key) => (best && best.inUse <= key.inUse ? best : key), undefined);
  }

  #refused(key: Key, error: unknown): void {
    if (!(error instanceof ChorusError)) return;
    const { retryAfterMs, status } = error.details;
    const nowMs = this.options.clock.nowMs();
    if (typeof retryAfterMs === 'number') key.pausedUntilMs = nowMs + retryAfterMs;
    else if ((status === 401 || status === 403) && this.#keys.length > 1)
      key.pausedUntilMs = nowMs + WRONG_KEY_PAUSE_MS;
  }
}
