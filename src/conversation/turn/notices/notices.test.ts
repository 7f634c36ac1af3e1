import { expect, it } from 'vitest';
import { heard, RULES } from '../../../../test/fakes/turn-events.js';
import { answering } from '../../../../test/fakes/turn-session.js';
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

it('an urgent notice waits while the user continues the question before the answer', () => {
  const one = answering({ repairMs: 60_000 });
  one.on(heard({ type: 'speech_started', turnId: 2, atMs: 0 }));
  one.on({ type: 'notice', notice: { id: 'a', chunks: ['Come.'], urgent: true } });
  expect(one.ofType('end_listening')).toEqual([]);
  expect(one.said()).toEqual([]);
  expect(one.state().notices).toHaveLength(1);
  one.on(one.part({ type: 'speech', text: 'Hi.' }));
  expect(one.state().listening?.pieces[0]?.result?.text).toBe(one.ofType('converse')[0]?.text);
});
