import { beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '../../audio/index.js';
import { sleep } from '../../core/index.js';
import { scriptedTts } from '../../../test/fakes/scripted-tts.js';
import { createSpeakingWorld, loadMp3 } from '../../../test/fakes/speaking-world.js';
import type { Sound, SoundQueue } from './speaking-port.js';

beforeAll(loadMp3);

const RATE_HZ = 24_000;
const tone = (seconds: number): Uint8Array =>
  writeWav({ rateHz: RATE_HZ, pcm: Int16Array.from({ length: RATE_HZ * seconds }, (_, i) => 6000 * Math.sin(i / 10)) });

function queueOf(...files: readonly (readonly [string, Uint8Array])[]) {
  const closed: string[] = [];
  const stops: { playedMs: number; madeMs: number }[] = [];
  const left = [...files];
  const soundOf = ([title, bytes]: readonly [string, Uint8Array]): Sound => {
    let at = 0;
    return {
      title,
      format: { kind: 'wav' },
      source: {
        take: (maxBytes) => {
          const taken = bytes.subarray(at, at + maxBytes);
          at += taken.byteLength;
          return Promise.resolve({ bytes: taken, last: at >= bytes.byteLength });
        },
      },
      close: () => void closed.push(title),
    };
  };
  const queue: SoundQueue = {
    next: () => {
      const file = left.shift();
      return Promise.resolve(file && soundOf(file));
    },
    stopped: (playedMs, madeMs) => void stops.push({ playedMs, madeMs }),
  };
  return { queue, closed, stops };
}

function world(): ReturnType<typeof createSpeakingWorld> {
  return createSpeakingWorld((clock) => [scriptedTts('cloud', clock, [{ firstMs: 100, pieceMs: 20 }])]);
}

describe('sounds', () => {
  it('are played after the text, one after the other, and an undecodable sound is skipped', async () => {
    const { clock, talk, expectNothingLeft } = world();
    const { queue, closed, stops } = queueOf(['one', tone(25)], ['broken', new Uint8Array(100)], ['two', tone(2)]);
    const { reply, events, sent } = talk();
    reply.say('Playing.');
    reply.play(queue);
    reply.say('Too late.');
    await clock.advance(60_000);
    expect(events.flatMap((event) => (event.type === 'sentence' ? [event.text] : []))).toEqual([
      'Playing.',
      'one',
      'two',
    ]);
    expect(events.some(({ type }) => type === 'progress')).toBe(true);
    expect(events.at(-1)?.type).toBe('finished');
    expect(sent.length * 60).toBeGreaterThan(27_000);
    expect(closed).toEqual(['one', 'broken', 'two']);
    expect(stops).toEqual([]);
    await expectNothingLeft();
  });

  it('are followed by the next one if the last second comes after a second pause of the source', async () => {
    const { clock, talk, expectNothingLeft } = world();
    const { queue } = queueOf(['one', tone(4)], ['two', tone(2)]);
    const { reply, events, sent } = talk();
    // Two seconds, a pause, one second, another pause, and the rest.
    const pausesAt = [2, 3].map((seconds) => 44 + seconds * RATE_HZ * 2);
    let at = 0;
    reply.play({
      ...queue,
      next: async (signal) => {
        const sound = await queue.next(signal);
        if (sound?.title !== 'one') return sound;
        const take: Sound['source']['take'] = async (maxBytes) => {
          if (at === pausesAt[0]) {
            await sleep(clock, 4000, signal);
            pausesAt.shift();
          }
          const taken = await sound.source.take(Math.min(maxBytes, (pausesAt[0] ?? Infinity) - at));
          at += taken.bytes.byteLength;
          return taken;
        };
        return { ...sound, source: { take } };
      },
    });
    await clock.advance(30_000);
    expect(events.at(-1)).toMatchObject({ type: 'finished', stats: { underruns: 2 } });
    expect(sent.length * 60).toBeGreaterThan(6000);
    await expectNothingLeft();
  });

  it('begin at their position, and do not count the speech before them as played', async () => {
    const { clock, talk, expectNothingLeft } = world();
    const { queue } = queueOf(['one', tone(25)]);
    const { reply, events, sent } = talk();
    reply.say('Playing.');
    reply.play({
      ...queue,
      next: async (signal) => {
        const sound = await queue.next(signal);
        return sound && { ...sound, fromMs: 20_000 };
      },
    });
    await clock.advance(60_000);
    const finished = events.at(-1);
    const musicMs = finished?.type === 'finished' ? finished.stats.musicMs : 0;
    expect(Math.abs(musicMs - 5000)).toBeLessThan(300);
    expect(sent.length * 60).toBeGreaterThan(musicMs);
    await expectNothingLeft();
  });

  it('end at once when the reply is stopped, and report their position', async () => {
    const { clock, talk, expectNothingLeft } = world();
    const { queue, closed, stops } = queueOf(['one', tone(60)]);
    const { reply, sent } = talk();
    reply.play(queue);
    await clock.advance(20_000);
    reply.stop();
    const before = sent.length;
    await clock.advance(5000);
    expect(sent.length).toBe(before);
    expect(closed).toEqual(['one']);
    expect(stops[0]?.playedMs).toBeGreaterThan(18_000);
    expect(stops[0]?.playedMs).toBeLessThan(20_001);
    // Sounds are decoded only a few seconds ahead.
    expect(stops[0]?.madeMs).toBeLessThan(35_000);
    await expectNothingLeft();
  });
});
