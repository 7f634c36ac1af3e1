import type { z } from 'zod';
import {
  HOUR_MS,
  MINUTE_MS,
  asChorusError,
  ChorusError,
  uiLanguage,
  withTimeout,
  type Clock,
  type LanguageTag,
  type Logger,
} from '../../../core/index.js';
import type { weatherSettings } from '../../../providers/index.js';
import type { PromptWeather } from '../../dialogue/prompt-sources.js';
import { tell, WeatherService } from './weather.js';

const FRESH_MS = 30 * MINUTE_MS;
/** An outdated forecast is worse than none. */
const USABLE_MS = 3 * HOUR_MS;
const PAUSE_MS = 5 * MINUTE_MS;
const TIMEOUT_MS = 15_000;
/** One forecast for each place and language. */
const MAX_KEPT = 100;

export interface KeptWeatherOptions {
  readonly settings: z.output<typeof weatherSettings.settings>;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly log: Logger;
  readonly fork: (work: (signal: AbortSignal) => Promise<void>) => void;
}

interface Kept {
  text: string | undefined;
  readMs: number;
  notBeforeMs: number;
}

/** Returns a kept forecast without waiting, and requests new ones in the background. */
export class KeptWeather {
  readonly #service: WeatherService;
  readonly #kept = new Map<string, Kept>();

  constructor(private readonly options: KeptWeatherOptions) {
    this.#service = new WeatherService(options.settings, options);
  }

  /**
   * Without `place`, the configured place is used. Returns undefined if there is no place or the weather is switched
   * off.
   */
  now(place: string | undefined, language: LanguageTag): PromptWeather | undefined {
    const { settings, clock } = this.options;
    const name = place ?? settings.place;
    if (!settings.enabled || name === undefined) return undefined;
    const key = `${uiLanguage(language)} ${name}`;
    const kept = this.#kept.get(key) ?? this.#keep(key);
    const nowMs = clock.nowMs();
    if (nowMs >= kept.notBeforeMs) {
      // Prevents a second request while this one runs, and for a while after a failure.
      kept.notBeforeMs = nowMs + PAUSE_MS;
      this.options.fork((signal) => this.#read(kept, name, language, signal));
    }
    return { text: nowMs - kept.readMs <= USABLE_MS ? kept.text : undefined };
  }

  #keep(key: string): Kept {
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    const kept = { text: undefined, readMs: Number.NEGATIVE_INFINITY, notBeforeMs: Number.NEGATIVE_INFINITY };
    this.#kept.set(key, kept);
    return kept;
  }

  async #read(kept: Kept, name: string, language: LanguageTag, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.options;
    const ui = uiLanguage(language);
    try {
      kept.text = await withTimeout(clock, TIMEOUT_MS, signal, late, async (stop) => {
        const place = await this.#service.find(name, ui, stop);
        return tell(place.name, await this.#service.forecast(place, ui, stop), 0, ui);
      });
      kept.readMs = clock.nowMs();
      kept.notBeforeMs = kept.readMs + FRESH_MS;
    } catch (error) {
      signal.throwIfAborted();
      log.info('The weather for prompts cannot be read', { code: asChorusError(error, 'tool.failed').code });
    }
  }
}

const late = (): ChorusError => new ChorusError('tool.timeout', 'the weather did not come in time');
