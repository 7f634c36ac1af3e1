import { z } from 'zod';
import type { UiLanguage } from '../../../core/index.js';
import { ChorusError } from '../../../core/index.js';
import { serviceWords, type ServiceClient, type weatherSettings } from '../../../providers/index.js';
import type { Forecast, Place, WeatherSource } from './weather-source.js';
import { sky } from './sky.js';

export const DAYS = 7;

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

/** Open-Meteo needs no key. */
export class OpenMeteo implements WeatherSource {
  constructor(
    private readonly settings: z.output<typeof weatherSettings.settings>,
    private readonly client: ServiceClient,
  ) {}

  async find(name: string, language: UiLanguage, signal: AbortSignal): Promise<Place | undefined> {
    const asked = new URL(this.settings.geocoding_url);
    asked.search = new URLSearchParams({ name, count: '1', language, format: 'json' }).toString();
    return places.safeParse(await this.client.json(asked, {}, signal)).data?.results?.[0];
  }

  async forecast({ latitude, longitude }: Place, language: UiLanguage, signal: AbortSignal): Promise<Forecast> {
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
    const read = forecast.safeParse(await this.client.json(asked, {}, signal));
    if (!read.success) throw new ChorusError('tool.failed', serviceWords.unreadable(serviceWords.names.weather));
    const { current, daily } = read.data;
    const days = daily.weather_code.map((code, at) => {
      const [high, low, rain] = [
        daily.temperature_2m_max[at],
        daily.temperature_2m_min[at],
        daily.precipitation_probability_max[at],
      ].map((value) => (typeof value === 'number' ? Math.round(value) : undefined));
      if (code === null || high === undefined || low === undefined) return undefined;
      return { sky: sky(Math.round(code))[language], high, low, rain };
    });
    return { degrees: Math.round(current.temperature_2m), sky: sky(current.weather_code)[language], days };
  }
}
