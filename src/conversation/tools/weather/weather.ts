import { z } from 'zod';
import { uiLanguage, type UiLanguage } from '../../../core/index.js';
import { serviceWords, ServiceClient, weatherSettings, type ToolServiceId } from '../../../providers/index.js';
import { defineTool, type ToolAnswer } from '../tool.js';
import { defineToolGroup, type ToolServices } from '../tool-group.js';
import { toolFailed } from '../tool-errors.js';
import { DAYS, OpenMeteo } from './open-meteo.js';
import { QWeather } from './qweather.js';
import type { Forecast, Place, WeatherSource } from './weather-source.js';
import { weatherWords } from './words.js';

const MAX_PLACES = 200;

export const weather = defineToolGroup({
  settings: weatherSettings,
  create(settings, services) {
    const service = new WeatherService(settings, services);
    return [
      defineTool({
        name: 'get_weather',
        words: {
          en: 'The weather now and the forecast of a day.',
          zh: '现在的天气和某一天的预报。',
        },
        input: z.object({
          place: z
            .string()
            .max(80)
            .optional()
            .meta({ en: 'City; without it where the user is', zh: '城市；不写就是用户所在地' }),
          day: z
            .int()
            .min(0)
            .max(DAYS - 1)
            .optional()
            .meta({ en: '0 today (default), 1 tomorrow, up to 6', zh: '0 今天（默认），1 明天，最多 6' }),
        }),
        effects: 'none',
        anywhere: true,
        async run({ place = '', day = 0 }, { place: here, language, signal }): Promise<ToolAnswer> {
          const ui = uiLanguage(language);
          const name = place.trim() === '' ? (here ?? settings.place) : place;
          if (name === undefined) {
            const asks = weatherWords.where[ui];
            return { text: asks, say: asks };
          }
          const found = await service.find(name, ui, signal);
          const said = tell(found.name, await service.forecast(found, ui, signal), day, ui);
          return { text: said, say: said };
        },
      }),
    ];
  },
});

type WeatherSettings = z.output<typeof weatherSettings.settings>;

const SOURCES: Readonly<
  Record<ToolServiceId<'weather'>, (settings: WeatherSettings, client: ServiceClient) => WeatherSource>
> = {
  'open-meteo': (settings, client) => new OpenMeteo(settings, client),
  qweather: (settings, client) => new QWeather(settings, client),
};

export class WeatherService {
  readonly #source: WeatherSource;
  readonly #known = new Map<string, Place>();

  constructor(settings: WeatherSettings, services: Pick<ToolServices, 'fetch' | 'clock'>) {
    const client = new ServiceClient({ name: serviceWords.names.weather, ...services });
    this.#source = SOURCES[settings.provider](settings, client);
  }

  async find(name: string, language: UiLanguage, signal: AbortSignal): Promise<Place> {
    const key = `${language} ${name.trim().toLowerCase()}`;
    const before = this.#known.get(key);
    if (before) return before;
    const found = await this.#source.find(name, language, signal);
    if (!found) throw toolFailed((texts) => texts.weather.noPlace(JSON.stringify(name.slice(0, 80))));
    if (this.#known.size >= MAX_PLACES) this.#known.clear();
    this.#known.set(key, found);
    return found;
  }

  forecast(place: Place, language: UiLanguage, signal: AbortSignal): Promise<Forecast> {
    return this.#source.forecast(place, language, signal);
  }
}

export function tell(place: string, forecast: Forecast, day: number, language: UiLanguage): string {
  const ofDay = forecast.days[day];
  if (ofDay === undefined) throw toolFailed((texts) => texts.weather.noForecast);
  return weatherWords.forecast(place, day, ofDay, day === 0 ? forecast : undefined)[language];
}
