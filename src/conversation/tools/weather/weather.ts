import { z } from 'zod';
import { uiLanguage, type UiLanguage } from '../../../core/index.js';
import { weatherSettings } from '../../../providers/index.js';
import { ServiceClient } from '../service-client.js';
import { defineTool, type ToolAnswer } from '../tool.js';
import { defineToolGroup, type ToolServices } from '../tool-group.js';
import { sky } from './weather-words.js';

const DAYS = 7;
/** Most places kept from earlier look-ups; they do not move. */
const MAX_PLACES = 200;

const places = z.object({
  results: z.array(z.object({ name: z.string().max(200), latitude: z.number(), longitude: z.number() })).optional(),
});
const list = z.array(z.number().nullable()).max(32);
const forecast = z.object({
  current: z.object({ temperature_2m: z.number(), weather_code: z.number() }),
  daily: z.object({
    weather_code: list,
    temperature_2m_max: list,
    temperature_2m_min: list,
    precipitation_probability_max: list,
  }),
});
type Forecast = z.output<typeof forecast>;
type Place = NonNullable<z.output<typeof places>['results']>[number];

/** The weather of today and the next days, from Open-Meteo. */
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
        async run({ place = '', day = 0 }, { language, signal }): Promise<ToolAnswer> {
          const ui = uiLanguage(language);
          const name = place.trim() === '' ? settings.place : place;
          if (name === undefined) {
            const asks = ui === 'zh' ? '你想知道哪里的天气？' : 'For which place?';
            return { text: asks, say: asks };
          }
          const found = await service.find(name, ui, signal);
          const said = tell(found.name, await service.forecast(found, signal), day, ui);
          return { text: said, say: said };
        },
      }),
    ];
  },
});

class WeatherService {
  readonly #client: ServiceClient;
  readonly #known = new Map<string, Place>();

  constructor(
    private readonly settings: z.output<typeof weatherSettings.settings>,
    services: Pick<ToolServices, 'fetch' | 'clock'>,
  ) {
    this.#client = new ServiceClient({ name: 'the weather service', ...services });
  }

  async find(name: string, language: UiLanguage, signal: AbortSignal): Promise<Place> {
    const key = `${language} ${name.trim().toLowerCase()}`;
    const before = this.#known.get(key);
    if (before) return before;
    const asked = new URL(this.settings.geocoding_url);
    asked.search = new URLSearchParams({ name, count: '1', language, format: 'json' }).toString();
    const [found] = places.safeParse(await this.#client.json(asked, {}, signal)).data?.results ?? [];
    if (!found) throw new Error(`no place called ${JSON.stringify(name.slice(0, 80))} is known`);
    if (this.#known.size >= MAX_PLACES) this.#known.clear();
    this.#known.set(key, found);
    return found;
  }

  async forecast({ latitude, longitude }: Place, signal: AbortSignal): Promise<Forecast> {
    const asked = new URL(this.settings.url);
    asked.search = new URLSearchParams({
      latitude: String(latitude),
      longitude: String(longitude),
      current: 'temperature_2m,weather_code',
      daily: 'weather_code,temperature_2m_max,temperature_2m_min,precipitation_probability_max',
      timezone: 'auto',
      forecast_days: String(DAYS),
      ...(this.settings.units === 'imperial' && { temperature_unit: 'fahrenheit' }),
    }).toString();
    const read = forecast.safeParse(await this.#client.json(asked, {}, signal));
    if (!read.success) throw new Error('the weather service answered with something unreadable');
    return read.data;
  }
}

const DAY_NAMES = { en: ['Today', 'Tomorrow'], zh: ['今天', '明天', '后天'] } as const;

function tell(place: string, { current, daily }: Forecast, day: number, language: UiLanguage): string {
  const at = (values: readonly (number | null)[]): number | undefined => {
    const value = values[day];
    return typeof value === 'number' ? Math.round(value) : undefined;
  };
  const [code, high, low, rain] = [
    daily.weather_code,
    daily.temperature_2m_max,
    daily.temperature_2m_min,
    daily.precipitation_probability_max,
  ].map(at);
  if (code === undefined || high === undefined || low === undefined)
    throw new Error('the weather service has no forecast of that day');
  const now = Math.round(current.temperature_2m);
  if (language === 'zh') {
    const named = DAY_NAMES.zh[day] ?? `${day}天后`;
    const present = day === 0 ? `现在${now}度，${sky(current.weather_code).zh}。` : '';
    return (
      `${place}${named}${sky(code).zh}，最高${high}度，` +
      `最低${low}度${rain === undefined ? '' : `，降水概率${rain}%`}。${present}`
    );
  }
  const named = DAY_NAMES.en[day] ?? `In ${day} days`;
  const present = day === 0 ? ` It is ${now} degrees now, ${sky(current.weather_code).en}.` : '';
  return (
    `${named} in ${place}: ${sky(code).en}, ${low} to ${high} ` +
    `degrees${rain === undefined ? '' : `, ${rain} percent chance of rain`}.${present}`
  );
}
