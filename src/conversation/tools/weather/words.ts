import { bilingualWords } from '../../../core/index.js';
import type { Forecast, ForecastDay } from './weather-source.js';

type Now = Pick<Forecast, 'degrees' | 'sky'>;

const en = {
  where: 'For which place?',
  forecast: (place: string, day: number, { high, low, rain, sky }: ForecastDay, now: Now | undefined) =>
    `${['Today', 'Tomorrow'][day] ?? `In ${day} days`} in ${place}: ${sky}, ${low} to ${high} degrees` +
    `${rain === undefined ? '' : `, ${rain} percent chance of rain`}.` +
    (now ? ` It is ${now.degrees} degrees now, ${now.sky}.` : ''),
  sky: {
    clear: 'clear',
    mostlyClear: 'mostly clear',
    partlyCloudy: 'partly cloudy',
    overcast: 'overcast',
    fog: 'fog',
    drizzle: 'drizzle',
    freezingDrizzle: 'freezing drizzle',
    lightRain: 'light rain',
    rain: 'rain',
    heavyRain: 'heavy rain',
    freezingRain: 'freezing rain',
    lightSnow: 'light snow',
    snow: 'snow',
    heavySnow: 'heavy snow',
    snowGrains: 'snow grains',
    showers: 'showers',
    violentShowers: 'violent showers',
    snowShowers: 'snow showers',
    thunderstorms: 'thunderstorms',
    thunderstormsWithHail: 'thunderstorms with hail',
    unknown: 'unknown weather',
  },
};

const zh: typeof en = {
  where: '你想知道哪里的天气？',
  forecast: (place, day, { high, low, rain, sky }, now) =>
    `${place}${['今天', '明天', '后天'][day] ?? `${day}天后`}${sky}，最高${high}度，最低${low}度` +
    `${rain === undefined ? '' : `，降水概率${rain}%`}。${now ? `现在${now.degrees}度，${now.sky}。` : ''}`,
  sky: {
    clear: '晴',
    mostlyClear: '大致晴朗',
    partlyCloudy: '多云',
    overcast: '阴',
    fog: '有雾',
    drizzle: '毛毛雨',
    freezingDrizzle: '冻毛毛雨',
    lightRain: '小雨',
    rain: '中雨',
    heavyRain: '大雨',
    freezingRain: '冻雨',
    lightSnow: '小雪',
    snow: '中雪',
    heavySnow: '大雪',
    snowGrains: '米雪',
    showers: '阵雨',
    violentShowers: '强阵雨',
    snowShowers: '阵雪',
    thunderstorms: '雷阵雨',
    thunderstormsWithHail: '雷阵雨伴有冰雹',
    unknown: '天气不明',
  },
};

export const weatherWords = bilingualWords({ en, zh });
