import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Playback } from './playback.js';

const packet = (id: number): Uint8Array => Uint8Array.of(id);

function device(queuePackets: number, frameMs = 60) {
  const heard: { id: number; startMs: number }[] = [];
  const gaps: { startMs: number; gapMs: number }[] = [];
  const playback = new Playback({
    queuePackets,
    onPlayed: (bytes, startMs) => heard.push({ id: bytes[0] ?? -1, startMs }),
    onGap: (startMs, gapMs) => gaps.push({ startMs, gapMs }),
  });
  playback.setFrameMs(frameMs);
  return { playback, heard, gaps };
}

describe('playback of the firmware (docs/protocol.md 4.3)', () => {
  it('plays the first packet at once and the next right after it', () => {
    const { playback, heard, gaps } = device(40);
    for (let i = 0; i < 3; i++) playback.push(packet(i), 1000 + i);
    playback.advance(2000);
    expect(heard).toEqual([
      { id: 0, startMs: 1000 },
      { id: 1, startMs: 1060 },
      { id: 2, startMs: 1120 },
    ]);
    expect(gaps).toEqual([]);
    expect(playback.silentFromMs(2000)).toBe(1180);
  });

  it('counts the milliseconds of gaps within a reply, and not the silence after its end', () => {
    const { playback, gaps } = device(40);
    playback.push(packet(0), 0);
    playback.push(packet(1), 160);
    expect(gaps).toEqual([{ startMs: 60, gapMs: 100 }]);
    playback.endReply();
    playback.push(packet(2), 5000);
    expect(gaps).toHaveLength(1);
  });

  it.each([5, 20, 40])(
    'keeps %i packets in its queue, two decoded and two in the output, and drops the newest',
    (queue) => {
      const { playback, heard } = device(queue);
      // One packet plays in the DMA, one is being written after it, two are decoded, and the rest fill the queue.
      const room = queue + 4;
      const taken = Array.from({ length: room + 3 }, (_, i) => playback.push(packet(i), 0));
      expect(taken.filter(Boolean)).toHaveLength(room);
      expect(taken.slice(room)).toEqual([false, false, false]);
      expect(playback.overflows).toBe(3);
      playback.advance(1e6);
      expect(heard.map(({ id }) => id)).toEqual(Array.from({ length: room }, (_, i) => i));
      expect(playback.silentFromMs(1e6)).toBe(room * 60);
    },
  );

  it('counts packets, not milliseconds: 20 ms frames fill the same queue with 0.8 s', () => {
    const { playback } = device(40, 20);
    const taken = Array.from({ length: 100 }, (_, i) => playback.push(packet(i), 0)).filter(Boolean).length;
    // Three of these short packets are in the DMA, and a fourth is being written.
    expect(taken).toBe(40 + 2 + 4);
    expect(playback.silentFromMs(0)).toBe(taken * 20);
  });

  it('drops queued packets at a flush, but plays the sound that the output already has', () => {
    const { playback, heard, gaps } = device(40);
    for (let i = 0; i < 10; i++) playback.push(packet(i), 0);
    playback.flush(30);
    playback.push(packet(99), 40);
    playback.advance(5000);
    expect(heard.map(({ id }) => id)).toEqual([0, 1, 99]);
    expect(heard.at(-1)?.startMs).toBe(120);
    expect(gaps).toEqual([]);
  });

  it('neither invents nor reorders sound, and adds up its gaps, for any arrival times', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 80 }),
        fc.constantFrom(5, 20, 40),
        (distances, queue) => {
          const { playback, heard, gaps } = device(queue);
          let nowMs = 0;
          const accepted: number[] = [];
          for (const [i, distance] of distances.entries()) {
            nowMs += distance;
            if (playback.push(packet(i), nowMs)) accepted.push(i);
          }
          playback.advance(1e6);
          expect(heard.map(({ id }) => id)).toEqual(accepted);
          expect(playback.overflows).toBe(distances.length - accepted.length);
          const first = heard[0]?.startMs ?? 0;
          const last = heard.at(-1)?.startMs ?? 0;
          const silence = gaps.reduce((sum, gap) => sum + gap.gapMs, 0);
          expect(last - first).toBeCloseTo((heard.length - 1) * 60 + silence, 6);
        },
      ),
    );
  });
});
