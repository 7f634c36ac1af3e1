import { describe, expect, it } from 'vitest';
import { type FleetProgress } from '../../fleet/index.js';
import { summarise } from '../../statistics.js';
import { SERVICE_LEVEL } from '../service-level.js';
import { standInOptions } from '../stand-ins/index.js';
import { certainMiss } from './certain-miss.js';

const run = { llm: 'stand-in', standIns: standInOptions.parse({}), serviceLevel: SERVICE_LEVEL } as const;
const seen = (
  firstSounds: readonly number[],
  more: Partial<FleetProgress> = {},
): Pick<FleetProgress, 'underruns' | 'failed' | 'firstSoundMs'> => ({
  underruns: 0,
  failed: 0,
  firstSoundMs: summarise(firstSounds),
  ...more,
});
const times = (count: number, ms: number): number[] => Array.from({ length: count }, () => ms);

describe('certainMiss', () => {
  it('is the first underrun, or the first turn without a complete reply', () => {
    expect(certainMiss(seen([], { underruns: 1 }), run)).toBe('underruns');
    expect(certainMiss(seen([], { failed: 1 }), run)).toBe('failed_turns');
    expect(certainMiss(seen(times(300, 900)), run)).toBeUndefined();
  });

  it('is a late median first sound once there are enough turns', () => {
    // The limit is 1000 ms plus a tenth, plus the 400 ms that the stand-in language model takes.
    expect(certainMiss(seen(times(60, 1501)), run)).toBe('first_sound_p50');
    expect(certainMiss(seen(times(59, 1501)), run)).toBeUndefined();
    expect(certainMiss(seen(times(60, 1500)), run)).toBeUndefined();
    expect(certainMiss(seen([...times(29, 9000), ...times(31, 1400)]), run)).toBeUndefined();
  });

  it('subtracts no time of a language model that is part of the server', () => {
    expect(certainMiss(seen(times(60, 1101)), { ...run, llm: 'offline' })).toBe('first_sound_p50');
  });
});
