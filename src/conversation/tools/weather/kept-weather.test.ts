import { expect, it } from 'vitest';
import { FakeClock } from '../../../../test/fakes/fake-clock.js';
import { Scope, silentLogger } from '../../../core/index.js';
import { weatherSettings } from '../../../providers/index.js';
import { KeptWeather } from './kept-weather.js';

const HOUR_MS = 3_600_000;
const week = (value: number): readonly number[] => Array.from({ length: 7 }, () => value);

function world(place?: string) {
  const clock = new FakeClock();
  const scope = new Scope('test', (name, error) => {
    throw new Error(name, { cause: error });
  });
  const asked: string[] = [];
  const service = { degrees: 7, status: 200, answers: true };
  const ask = ((url: URL, { signal }: RequestInit) => {
    asked.push(url.hostname);
    if (!service.answers)
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error())));
    const body = url.hostname.startsWith('geocoding')
      ? { results: [{ name: 'Leeds', latitude: 53.8, longitude: -1.5 }] }
      : {
          current: { temperature_2m: service.degrees, weather_code: 3 },
          daily: {
            weather_code: week(61),
            temperature_2m_max: week(9),
            temperature_2m_min: week(4),
            precipitation_probability_max: week(70),
          },
        };
    return Promise.resolve(Response.json(body, { status: service.status }));
  }) as typeof fetch;
  const weather = new KeptWeather({
    settings: weatherSettings.settings.parse(place === undefined ? {} : { place }),
    fetch: ask,
    clock,
    log: silentLogger,
    fork: (work) => scope.fork('weather', work),
  });
  return { clock, weather, asked, service };
}

it('is not waited for, but is in the next prompt, in the language of the conversation', async () => {
  const { clock, weather, asked } = world();
  expect(weather.now(undefined, 'en-GB')).toBeUndefined();
  expect(weather.now('Leeds', 'en-GB')).toEqual({ text: undefined });
  expect(weather.now('Leeds', 'en-GB')).toEqual({ text: undefined });
  await clock.advance(1);
  expect(weather.now('Leeds', 'en-GB')?.text).toMatch(/^Today in Leeds: light rain.* It is 7 degrees now/);
  expect(asked).toHaveLength(2);
  expect(weather.now('Leeds', 'zh-CN')).toEqual({ text: undefined });
  await clock.advance(1);
  expect(weather.now('Leeds', 'zh-CN')?.text).toMatch(/^Leeds今天小雨/);
});

it('is requested again after half an hour, and the old text is used until the new one arrives', async () => {
  const { clock, weather, asked, service } = world('Leeds');
  weather.now(undefined, 'en-GB');
  await clock.advance(1);
  service.degrees = 12;
  await clock.advance(HOUR_MS / 2 - 2);
  expect(weather.now(undefined, 'en-GB')?.text).toContain('7 degrees now');
  expect(asked).toHaveLength(2);
  await clock.advance(2);
  expect(weather.now(undefined, 'en-GB')?.text).toContain('7 degrees now');
  await clock.advance(1);
  expect(weather.now(undefined, 'en-GB')?.text).toContain('12 degrees now');
  expect(asked).toHaveLength(3);
});

it('is left out after three hours, and a service that fails gets no request for a while', async () => {
  const { clock, weather, asked, service } = world('Leeds');
  weather.now(undefined, 'en-GB');
  await clock.advance(1);
  service.status = 500;
  await clock.advance(3 * HOUR_MS - 1);
  expect(weather.now(undefined, 'en-GB')?.text).toContain('7 degrees now');
  await clock.advance(1);
  expect(weather.now(undefined, 'en-GB')).toEqual({ text: undefined });
  expect(asked).toHaveLength(3);
  service.answers = false;
  await clock.advance(HOUR_MS / 12);
  weather.now(undefined, 'en-GB');
  await clock.advance(HOUR_MS / 12 - 1);
  weather.now(undefined, 'en-GB');
  expect(asked).toHaveLength(4);
});
