import { z } from 'zod';
import { ChorusError, type UiLanguage } from '../../../core/index.js';
import { serviceWords, type ServiceClient, type weatherSettings } from '../../../providers/index.js';
import type { Forecast, Place, WeatherSource } from './weather-source.js';

/** QWeather sends numbers as text. */
const number = z.coerce.number();
const places = z.object({
  location: z.array(z.object({ name: z.string().max(200), lat: number, lon: number })).optional(),
});
const now = z.object({ now: z.object({ temp: number, text: z.string().max(40) }) });
const daily = z.object({
  daily: z.array(z.object({ tempMax: number, tempMin: number, textDay: z.string().max(40) })).max(32),
});

/** QWeather (dev.qweather.com) needs a key and the host that belongs to the key. */
export class QWeather implements WeatherSource {
  constructor(
    private readonly settings: z.output<typeof weatherSettings.settings>,
    private readonly client: ServiceClient,
  ) {}

  async find(name: string, language: UiLanguage, signal: AbortSignal): Promise<Place | undefined> {
    const answer = await this.#ask('/geo/v2/city/lookup', { location: name, number: '1', lang: language }, signal);
    const [found] = places.safeParse(answer).data?.location ?? [];
    return found && { name: found.name, latitude: found.lat, longitude: found.lon };
  }

  async forecast({ latitude, longitude }: Place, language: UiLanguage, signal: AbortSignal): Promise<Forecast> {
    const query = {
      location: `${longitude.toFixed(2)},${latitude.toFixed(2)}`,
      lang: language,
      unit: this.settings.units === 'imperial' ? 'i' : 'm',
    };
    const [present, coming] = await Promise.all([
      this.#ask('/v7/weather/now', query, signal),
      this.#ask('/v7/weather/7d', query, signal),
    ]);
    const [read, days] = [now.safeParse(present), daily.safeParse(coming)];
    if (!read.success || !days.success)
      throw new ChorusError('tool.failed', serviceWords.unreadable(serviceWords.names.weather));
    return {
      degrees: Math.round(read.data.now.temp),
      sky: read.data.now.text,
      days: days.data.daily.map(({ tempMax, tempMin, textDay }) => ({
        sky: textDay,
        high: Math.round(tempMax),
        low: Math.round(tempMin),
        rain: undefined,
      })),
    };
  }

  #ask(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<unknown> {
    const { qweather_host: host, api_key: key } = this.settings;
    if (host === undefined || key === undefined)
      throw new ChorusError('tool.failed', serviceWords.noKey(serviceWords.names.weather));
    const url = new URL(path, host);
    url.search = new URLSearchParams(query).toString();
    return this.client.json(url, { headers: { 'X-QW-Api-Key': key } }, signal);
  }
}
