import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlaybackQueue } from './playback-queue.js';

const RATE_HZ = 1000;
const queue = (startAfterMs = 100): PlaybackQueue =>
  new PlaybackQueue({ rateHz: RATE_HZ, startAfterMs, capacityMs: 5000 });
const sound = (length: number, from = 1): Float32Array => Float32Array.from({ length }, (_, i) => from + i);

/** Pulls blocks of 10 samples until the last sample of a reply was played, but at most `blocks` blocks. */
function pull(from: PlaybackQueue, blocks: number): { readonly heard: number[]; readonly over: boolean } {
  const heard: number[] = [];
  const block = new Float32Array(10);
  for (let i = 0; i < blocks; i++) {
    const over = from.pull(block);
    heard.push(...block);
    if (over) return { heard, over };
  }
  return { heard, over: false };
}

describe('the playback of a reply', () => {
  it('waits for enough sound, then runs without a gap to the last sample', () => {
    const one = queue();
    one.begin();
    one.push(sound(60));
    expect(pull(one, 2).heard.every((x) => x === 0)).toBe(true);
    one.push(sound(60, 61));
    expect(pull(one, 3).heard).toEqual([...sound(30)]);
    one.push(sound(35, 121));
    one.end();
    const rest = pull(one, 100);
    expect(rest.over).toBe(true);
    expect(rest.heard.filter((x) => x > 0)).toEqual([...sound(125, 31)]);
    expect(one.figures).toEqual({ playedMs: 155, gaps: 0, gapMs: 0, lostMs: 0 });
  });

  it('has a gap of the audible length after a stall', () => {
    const one = queue();
    one.begin();
    one.push(sound(100));
    expect(pull(one, 15).over).toBe(false);
    one.push(sound(50));
    // Playback does not resume with so little sound, because another gap would follow at once.
    expect(pull(one, 1).heard.every((x) => x === 0)).toBe(true);
    expect(one.figures.gaps).toBe(0);
    one.push(sound(50));
    pull(one, 1);
    expect(one.figures).toMatchObject({ gaps: 1, gapMs: 60 });
  });

  it('has no gap before its first sample or after its last', () => {
    const one = queue();
    one.begin();
    pull(one, 20);
    one.push(sound(100));
    // The end is reported long after the last sound, as when the server waits for the device.
    expect(pull(one, 40).over).toBe(false);
    one.end();
    expect(pull(one, 1).over).toBe(true);
    expect(pull(one, 40).over).toBe(false);
    one.begin();
    one.push(sound(100));
    pull(one, 5);
    expect(one.figures).toEqual({ playedMs: 150, gaps: 0, gapMs: 0, lostMs: 0 });
  });

  it('starts below the threshold if the end of a short reply is known', () => {
    const one = queue();
    one.begin();
    one.push(sound(30));
    expect(pull(one, 5).heard.every((x) => x === 0)).toBe(true);
    one.end();
    const { heard, over } = pull(one, 5);
    expect(over).toBe(true);
    expect(heard.filter((x) => x > 0)).toEqual([...sound(30)]);
  });

  it('ends at once when it is interrupted, and ignores the rest', () => {
    const one = queue();
    one.begin();
    one.push(sound(200));
    pull(one, 5);
    one.flush();
    one.push(sound(200));
    expect(pull(one, 30).heard.every((x) => x === 0)).toBe(true);
    expect(one.figures.gaps).toBe(0);
  });

  it('is limited by its capacity, and the loss is counted', () => {
    const one = queue();
    one.begin();
    for (let i = 0; i < 12; i++) one.push(sound(500));
    expect(one.figures.lostMs).toBe(1000);
  });

  it('reproduces the signal with chunks of any size', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 64 }),
        (lengths, blockLength) => {
          const one = queue();
          one.begin();
          let at = 1;
          for (const length of lengths) {
            one.push(sound(length, at));
            at += length;
          }
          one.end();
          const heard: number[] = [];
          const block = new Float32Array(blockLength);
          for (let i = 0; i < 5000; i++) {
            const over = one.pull(block);
            heard.push(...block);
            if (over) break;
          }
          expect(heard.filter((x) => x > 0)).toEqual([...sound(at - 1)]);
          expect(one.figures).toMatchObject({ playedMs: at - 1, gaps: 0 });
        },
      ),
      { numRuns: 50 },
    );
  });
});
