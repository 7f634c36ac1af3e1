import { both, type Bilingual } from '../../../core/index.js';

/** WMO weather codes (table 4677), as Open-Meteo uses them. Each entry applies from its code up to the next entry's. */
const SKIES: readonly (readonly [number, Bilingual])[] = [
  [0, both('clear', '晴')],
  [1, both('mostly clear', '大致晴朗')],
  [2, both('partly cloudy', '多云')],
  [3, both('overcast', '阴')],
  [45, both('fog', '有雾')],
  [51, both('drizzle', '毛毛雨')],
  [56, both('freezing drizzle', '冻毛毛雨')],
  [61, both('light rain', '小雨')],
  [63, both('rain', '中雨')],
  [65, both('heavy rain', '大雨')],
  [66, both('freezing rain', '冻雨')],
  [71, both('light snow', '小雪')],
  [73, both('snow', '中雪')],
  [75, both('heavy snow', '大雪')],
  [77, both('snow grains', '米雪')],
  [80, both('showers', '阵雨')],
  [82, both('violent showers', '强阵雨')],
  [85, both('snow showers', '阵雪')],
  [95, both('thunderstorms', '雷阵雨')],
  [96, both('thunderstorms with hail', '雷阵雨伴有冰雹')],
];

export function sky(code: number): Bilingual {
  return SKIES.findLast(([from]) => code >= from)?.[1] ?? both('unknown weather', '天气不明');
}
