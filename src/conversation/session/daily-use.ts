import {
  MINUTE_MS,
  asChorusError,
  dayIn,
  sinceMidnightMs,
  uiLanguage,
  type Clock,
  type LanguageTag,
  type Logger,
  DAY_MS,
} from '../../core/index.js';
import { WaitingRows, type TalkDay, type TalkDayStore } from '../../platform/store/index.js';
import type { Agent, TurnRecord } from '../../records/index.js';
import { isConversation } from '../history/index.js';
import { sessionWords } from './words.js';

export interface DailyUseOptions {
  readonly store: TalkDayStore;
  readonly clock: Clock;
  readonly log: Logger;
}

const MAX_KNOWN = 10_000;
/** Longest pause between two turns that counts as talking. */
const MAX_PAUSE_MS = 30_000;
/** Number of days that are kept, enough for every time zone. */
const KEPT_DAYS = 3;

interface Day {
  readonly timeZone: string;
  day: string;
  talkMs: number;
  characters: number;
  lastEndMs: number | undefined;
}

/** The talk time and the spoken characters of each device today, in the device's time zone. */
export class DailyUse {
  readonly #days = new Map<string, Day>();
  readonly #waiting: WaitingRows<TalkDay>;

  constructor(private readonly options: DailyUseOptions) {
    const { clock, store, log } = options;
    this.#waiting = new WaitingRows<TalkDay>({
      clock,
      keyOf,
      sum: (known, { talkMs, characters }) => ({
        ...known,
        talkMs: known.talkMs + talkMs,
        characters: known.characters + characters,
      }),
      max: MAX_KNOWN,
      write: (days) => store.addTalk(days, new Date(clock.wallMs() - KEPT_DAYS * DAY_MS).toISOString().slice(0, 10)),
      onFailed: ({ code, message }) =>
        log.warn('the daily use of devices could not be saved; it waits for the database', { code, reason: message }),
    });
  }

  /**
   * Call this when a conversation begins. If the database does not answer, only the use that this server has counted is
   * known.
   */
  async open(deviceId: string, timeZone: string): Promise<void> {
    const { store, log } = this.options;
    const day = this.#today(timeZone);
    const known = this.#days.get(deviceId);
    const use: Day = known?.day === day ? known : { timeZone, day, talkMs: 0, characters: 0, lastEndMs: undefined };
    use.lastEndMs = undefined;
    this.#days.delete(deviceId);
    this.#days.set(deviceId, use);
    for (const oldest of this.#days.keys()) {
      if (this.#days.size <= MAX_KNOWN) break;
      this.#days.delete(oldest);
    }
    try {
      const kept = await store.talkDay(deviceId, day);
      const waiting = this.#waiting.get(keyOf({ deviceId, day }));
      use.talkMs = Math.max(use.talkMs, (kept?.talkMs ?? 0) + (waiting?.talkMs ?? 0));
      use.characters = Math.max(use.characters, (kept?.characters ?? 0) + (waiting?.characters ?? 0));
    } catch (error) {
      const { code, message } = asChorusError(error, 'store.failed');
      log.warn('the daily use of a device cannot be read', { deviceId, code, reason: message });
    }
  }

  /**
   * The sentence for a device whose daily limit is used up. Undefined if something is left, or if there is no limit.
   */
  refusal(deviceId: string, agent: Agent | undefined, language: LanguageTag): string | undefined {
    const use = this.#current(deviceId);
    if (agent === undefined || use === undefined) return undefined;
    const { minutesPerDay, charactersPerDay } = agent;
    const used =
      use.talkMs >= (minutesPerDay ?? Infinity) * MINUTE_MS || use.characters >= (charactersPerDay ?? Infinity);
    return used ? sessionWords.usedUp[uiLanguage(language)] : undefined;
  }

  /**
   * Counts music, stories and radio, if the agent's limit includes them. Of music that began yesterday, only the part
   * since midnight counts, because no limit of a past day applies any more.
   */
  addMusic(deviceId: string, agent: Agent | undefined, musicMs: number): void {
    const use = this.#current(deviceId);
    if (use === undefined || musicMs <= 0 || agent?.minutesCount !== 'all') return;
    const talkMs = Math.min(musicMs, sinceMidnightMs(this.options.clock.wallMs(), use.timeZone));
    use.talkMs += talkMs;
    this.#waiting.add({ deviceId, day: use.day, talkMs, characters: 0 });
  }

  /** Counts a turn without its music, which {@link addMusic} counts. Noise and overheard speech do not count. */
  add(turn: TurnRecord): void {
    const { deviceId, atWallMs, utteranceAtWallMs, stagesMs, answerText, musicMs = 0 } = turn;
    const use = this.#current(deviceId);
    if (use === undefined || !isConversation(turn)) return;
    const spokenMs = utteranceAtWallMs - (stagesMs.endpoint ?? 0);
    // A short pause for thought is part of a conversation, but a long silence is not.
    const lastEndMs = use.lastEndMs ?? -Infinity;
    const fromMs = spokenMs - lastEndMs <= MAX_PAUSE_MS ? lastEndMs : spokenMs;
    const talkMs = Math.max(0, atWallMs - fromMs - musicMs);
    const characters = Array.from(answerText ?? '').length;
    use.lastEndMs = atWallMs;
    use.talkMs += talkMs;
    use.characters += characters;
    this.#waiting.add({ deviceId, day: use.day, talkMs, characters });
  }

  forget(deviceId: string): void {
    this.#days.delete(deviceId);
    this.#waiting.forget((day) => day.deviceId === deviceId);
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#waiting.run(signal);
  }

  /** Tries once to write the pending use. If writing fails, the use stays pending. */
  flush(): Promise<void> {
    return this.#waiting.flush();
  }

  #current(deviceId: string): Day | undefined {
    const use = this.#days.get(deviceId);
    if (use === undefined) return undefined;
    const day = this.#today(use.timeZone);
    if (day !== use.day) Object.assign(use, { day, talkMs: 0, characters: 0 });
    return use;
  }

  #today(timeZone: string): string {
    return dayIn(this.options.clock.wallMs(), timeZone);
  }
}

const keyOf = ({ deviceId, day }: Pick<TalkDay, 'deviceId' | 'day'>): string => `${deviceId} ${day}`;
