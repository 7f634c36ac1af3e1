import { asChorusError, type Clock, type Logger } from '../../core/index.js';
import type { TurnRecord } from '../../records/index.js';
import type { Store } from '../../platform/store/index.js';
import { isConversation } from './turn-history.js';

export interface DeviceTalk {
  readonly turns: number;
  /** Number of times that the device ran out of sound, according to the server's calculation. */
  readonly underruns: number;
  readonly underrunMs: number;
  readonly last: Omit<TurnRecord, 'id'>;
}

interface Options {
  readonly store: Pick<Store, 'history' | 'reachability'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * The history is read once per device, and later turns are added as they end. Turns that are deleted from the history
 * (`history.keep_days`) stay counted until the server restarts.
 */
export class DeviceTalks {
  readonly #own = new Map<string, DeviceTalk>();
  readonly #before = new Map<string, Promise<DeviceTalk | undefined>>();
  readonly #startedMs: number;

  constructor(private readonly options: Options) {
    this.#startedMs = options.clock.wallMs();
  }

  add(turn: TurnRecord): void {
    // `played` means that a program played a recording on the device. Nobody talked.
    if (!isConversation(turn) || turn.outcome === 'played') return;
    const { underruns, underrunMs } = turn;
    this.#own.set(turn.deviceId, sum(this.#own.get(turn.deviceId), { turns: 1, underruns, underrunMs, last: turn }));
  }

  /** Undefined if nothing is known about the device. Never rejects. */
  async of(deviceId: string): Promise<DeviceTalk | undefined> {
    const before = await this.#earlier(deviceId);
    const own = this.#own.get(deviceId);
    return own ? sum(before, own) : before;
  }

  forget(deviceId: string): void {
    this.#own.delete(deviceId);
    this.#before.delete(deviceId);
  }

  #earlier(deviceId: string): Promise<DeviceTalk | undefined> {
    const { store, log } = this.options;
    const known = this.#before.get(deviceId);
    if (known) return known;
    if (store.reachability.lost) return Promise.resolve(undefined);
    const read = store.history.talkOf(deviceId, this.#startedMs).catch((error: unknown) => {
      // A failed read is not kept, so that the next call reads again.
      this.#before.delete(deviceId);
      log.warn('the talk time of devices cannot be read; only turns since the start are shown', {
        deviceId,
        code: asChorusError(error).code,
      });
      return undefined;
    });
    this.#before.set(deviceId, read);
    return read;
  }
}

function sum(before: DeviceTalk | undefined, own: DeviceTalk): DeviceTalk {
  const { turns = 0, underruns = 0, underrunMs = 0 } = before ?? {};
  return {
    turns: turns + own.turns,
    underruns: underruns + own.underruns,
    underrunMs: underrunMs + own.underrunMs,
    last: own.last,
  };
}
