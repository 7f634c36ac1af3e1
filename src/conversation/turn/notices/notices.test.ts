import { expect, it } from 'vitest';
import { RULES } from '../../../../test/fakes/turn-events.js';
import type { SoundQueue } from '../../../speech/speaking/speaking-port.js';
import { reduce } from '../reduce.js';
import { initialState } from '../state.js';

const SOUNDS = {} as SoundQueue;
const MUSIC_WAITS_UNTIL_MS = 8000;

function effectsWith(expiresMs: number): readonly string[] {
  const opened = reduce(RULES, initialState(0), { type: 'opened' }, 0).state;
  const notice = { id: 'question', chunks: ['Are you there?'], urgent: false, expiresMs };
  const pausedMusic = { sounds: SOUNDS, notBeforeMs: MUSIC_WAITS_UNTIL_MS };
  const state = { ...opened, everListened: true, pausedMusic, notices: [notice] };
  return reduce(RULES, state, { type: 'timer', name: 'notice' }, 2000).effects.map(({ type }) => type);
}

it('a waiting notice is spoken before the music continues', () => {
  expect(effectsWith(60_000)).toContain('say');
});

it('the music still waits for the user if the only notice has expired', () => {
  const effects = effectsWith(1000);
  expect(effects).toContain('notice_over');
  expect(effects).not.toContain('play');
});
