import { expect, it } from 'vitest';
import { en } from '../words/en.js';
import { hear } from './voice.js';

it.each([true, false])('the trial of a voice is over whether or not the browser plays it: %s', async (plays) => {
  let closed = false;
  const timers: { readonly delayMs: number; readonly work: () => void }[] = [];
  const source = Object.assign(new EventTarget(), {
    buffer: undefined,
    connect: () => undefined,
    start: () => void (plays ? source.dispatchEvent(new Event('ended')) : timers[0]?.work()),
  });
  const context = {
    decodeAudioData: async () => ({ length: 24_000, duration: 1.5 }),
    createBufferSource: () => source,
    close: async () => void (closed = true),
  } as unknown as AudioContext;
  const clock = {
    wallMs: () => 0,
    after: (delayMs: number, work: () => void) => {
      timers.push({ delayMs, work });
      return () => undefined;
    },
  };
  const outcome = await hear(context, async () => new ArrayBuffer(1), en, clock);
  expect(outcome).toEqual(plays ? undefined : { kind: 'bad', text: 'Nothing could be played.' });
  expect(timers.map(({ delayMs }) => delayMs)).toEqual([4500]);
  expect(closed).toBe(true);
});
