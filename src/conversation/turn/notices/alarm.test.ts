import { describe, expect, it } from 'vitest';
import { session } from '../../../../test/fakes/turn-session.js';
import { speech, start, STATS } from '../../../../test/fakes/turn-events.js';

const ALARM = { id: 'alarm', chunks: ['♪♪♪', 'It is seven.'], urgent: false };

function ringing() {
  const one = session();
  one.listen();
  one.on({ type: 'notice', notice: ALARM });
  one.on({ type: 'timer', name: 'notice' });
  one.on(one.speaking({ type: 'sentence', index: 0, text: '♪♪♪' }));
  const outcomes = (): boolean[] => one.ofType('notice_over').map(({ spoken }) => spoken);
  return { ...one, outcomes };
}

describe('an alarm', () => {
  it.each(['stop', 'bye', 'how are you'])('is over once somebody speaks over it: %s', (words) => {
    const one = ringing();
    one.listen();
    expect(one.outcomes()).toEqual([true]);
    one.speak();
    one.on({ type: 'admitted' });
    expect(one.ofType('attended')).toEqual([]);
    one.recognise(words);
    expect(one.ofType('attended')).toHaveLength(1);
    expect(one.ofType('converse')).toHaveLength(words === 'how are you' ? 1 : 0);
  });

  it('does not ring again if somebody has spoken meanwhile', () => {
    for (const again of [true, false]) {
      const one = session();
      one.listen();
      one.on(speech(one.ofType('begin_listening').at(-1)?.turn.turnId));
      one.on({ type: 'notice', notice: { ...ALARM, again } });
      one.on({ type: 'admitted' });
      one.speak();
      one.recognise('what time is it');
      expect(one.state().notices).toHaveLength(again ? 0 : 1);
      expect(one.ofType('notice_over')).toEqual(again ? [{ type: 'notice_over', id: 'alarm', spoken: true }] : []);
    }
  });

  it.each([{ type: 'detect' }, { type: 'abort' }, start('manual')] as const)(
    'does not ring again after %o',
    (event) => {
      const one = session();
      one.on({ type: 'notice', notice: { ...ALARM, again: true } }, event);
      expect(one.ofType('notice_over')).toHaveLength(1);
    },
  );

  it('counts as not spoken if its voice fails or hangs after the ring', () => {
    const failed = ringing();
    failed.on(failed.speaking({ type: 'failed', code: 'tts.failed', stats: STATS }));
    expect(failed.outcomes()).toEqual([false]);
    const hung = ringing();
    hung.on({ type: 'timer', name: 'stalled' });
    expect(hung.outcomes()).toEqual([false]);
  });

  it('counts as spoken once its words were sent, whatever happens later', () => {
    const one = ringing();
    one.on(one.speaking({ type: 'sentence_sent', index: 1 }));
    one.on(one.speaking({ type: 'failed', code: 'tts.failed', stats: STATS }));
    expect(one.outcomes()).toEqual([true]);
  });
});
