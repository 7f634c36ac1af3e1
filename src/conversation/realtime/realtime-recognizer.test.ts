import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { pcmOf } from '../../../test/fakes/fake-listening.js';
import { fakeRealtime, type FakeRealtimeOptions } from '../../../test/fakes/fake-realtime.js';
import { FakeRecognizer } from '../../../test/fakes/fake-recognizer.js';
import { ChorusError } from '../../core/index.js';
import type { LiveRecognition } from '../../speech/recognition/recognizer-port.js';
import { RealtimeRecognizer } from './realtime-recognizer.js';

const FAILURE = new ChorusError('realtime.unreachable', 'scripted');

function world(options: Omit<FakeRealtimeOptions, 'clock'> = {}) {
  const clock = new FakeClock();
  const realtime = fakeRealtime({ clock, ...options });
  const ordinary = new FakeRecognizer(clock);
  const recognizer = new RealtimeRecognizer(realtime.link, ordinary, clock);
  const live = (turnId = 1): LiveRecognition => recognizer.live({ deviceId: 'device', language: 'en-US', turnId });
  const recognize = (piece: LiveRecognition, said = 'kept words', signal = new AbortController().signal) =>
    recognizer.recognize(
      { deviceId: 'device', pcm: pcmOf(said), language: 'en-US', deadlineMs: 0, live: piece },
      signal,
    );
  const settled = async <T>(promise: Promise<T>): Promise<T> => {
    await clock.advance(200);
    return promise;
  };
  return { ...realtime, clock, ordinary, recognizer, live, recognize, settled };
}

describe('recognition by a realtime model', () => {
  it('hears all pieces of an utterance, ends it once, and gives one text for all of them', async () => {
    const { live, recognize, settled, sessions, ordinary } = world();
    const [one, two] = [live(), live()];
    one.push(pcmOf('12345'));
    one.end();
    const first = recognize(one);
    two.push(pcmOf('123'));
    const second = recognize(two);
    two.finished?.();
    expect([await settled(first), await settled(second)].map(({ text, asr }) => [text, asr])).toEqual([
      ['', 'fake'],
      ['hello there', 'fake'],
    ]);
    expect([sessions.length, sessions[0]?.samples, ordinary.requests.length]).toEqual([1, 8, 0]);
  });

  it('gives the text in the form of the ordinary recogniser, and to the link as well', async () => {
    const { live, recognize, settled, ordinary, link } = world();
    ordinary.writes = (heard, language) => `${heard} in ${language}`;
    const piece = live();
    piece.push(pcmOf('1'));
    piece.finished?.();
    expect((await settled(recognize(piece))).text).toBe('hello there in en-US');
    expect([link.hasHeard('hello there in en-US'), link.hasHeard('hello there')]).toEqual([true, false]);
  });

  it('leaves the kept pieces to the ordinary recogniser if the model fails, and pauses for 30 s', async () => {
    const { live, recognize, settled, sessions, clock, link } = world({
      prepare: (session) => {
        session.text = FAILURE;
      },
    });
    const [one, two] = [live(), live()];
    const first = recognize(one, 'what was');
    const second = recognize(two, 'said');
    two.finished?.();
    expect([(await settled(first)).text, (await settled(second)).text]).toEqual(['what was', 'said']);
    const next = live(2);
    next.push(pcmOf('1'));
    next.finished?.();
    expect((await settled(recognize(next, 'once more'))).text).toBe('once more');
    expect([sessions.length, link.usable]).toEqual([1, false]);
    await clock.advance(30_000);
    live(3);
    expect(sessions).toHaveLength(2);
  });

  it('discards sound that was no utterance, and hears the next turn from its beginning', async () => {
    const { live, recognize, settled, sessions } = world();
    live(1).push(pcmOf('noise'));
    const piece = live(2);
    piece.push(pcmOf('words'));
    piece.finished?.();
    expect((await settled(recognize(piece))).text).toBe('hello there');
    expect([sessions[0]?.clears, sessions[0]?.samples]).toEqual([1, 5]);
    const dropped = live(3);
    dropped.close();
    expect(sessions[0]?.clears).toBe(2);
  });

  it('stops waiting for a text that is no longer wanted', async () => {
    const { live, recognize, clock } = world();
    const unwanted = new AbortController();
    const asked = recognize(live(), 'x', unwanted.signal);
    unwanted.abort(new Error('the person spoke on'));
    await expect(asked).rejects.toThrow('spoke on');
    expect(clock.pending).toBe(0);
  });

  it('sends the model no sound when the budget is used up', async () => {
    const spent: [string, number][] = [];
    let left = true;
    const { live, recognize, settled, sessions } = world({
      spender: {
        admit() {
          if (!left) throw new ChorusError('capacity.budget', 'used up');
        },
        spent: (_device, provider, unit, amount) => void spent.push([`${provider} ${unit}`, amount]),
      },
    });
    const paid = live(1);
    paid.push(new Int16Array(16_000));
    paid.finished?.();
    await settled(recognize(paid));
    expect(spent).toEqual([['fake audio_ms', 1_000]]);
    left = false;
    const free = live(2);
    free.finished?.();
    expect((await settled(recognize(free, 'heard here'))).text).toBe('heard here');
    expect(sessions).toHaveLength(1);
  });

  it('lets one device try again after the pause of the circuit breaker, while the others wait for it', async () => {
    const { live, service, clock, sessions } = world();
    for (let n = 0; n < 3; n++) service.circuit.enter()?.failed();
    live(1);
    expect(sessions).toHaveLength(0);
    await clock.advance(30_000);
    live(2);
    expect([sessions.length, service.circuit.enter()]).toEqual([1, undefined]);
  });
});
