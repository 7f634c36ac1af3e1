import type { Bilingual } from '../../../core/index.js';
import { weatherWords } from './words.js';

/** WMO weather codes (table 4677), as Open-Meteo uses them. Each entry applies from its code up to the next entry. */
const SKIES: readonly (readonly [number, keyof typeof weatherWords.sky])[] = [
  [0, 'clear'],
  [1, 'mostlyClear'],
  [2, 'partlyCloudy'],
  [3, 'overcast'],
  [45, 'fog'],
  [51, 'drizzle'],
  [56, 'freezingDrizzle'],
  [61, 'lightRain'],
  [63, 'rain'],
  [65, 'heavyRain'],
  [66, 'freezingRain'],
  [71, 'lightSnow'],
  [73, 'snow'],
  [75, 'heavySnow'],
  [77, 'snowGrains'],
  [80, 'showers'],
  [82, 'violentShowers'],
  [85, 'snowShowers'],
  [95, 'thunderstorms'],
  [96, 'thunderstormsWithHail'],
];

export function sky(code: number): Bilingual {
  return weatherWords.sky[SKIES.findLast(([from]) => code >= from)?.[1] ?? 'unknown'];
}
