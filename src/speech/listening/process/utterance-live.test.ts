import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { concatInt16 } from '../../../audio/index.js';
import type { ListeningEvent } from '../listening-port.js';
import { UtteranceAssembler } from './utterance.js';
import { DEFAULT_UTTERANCE_OPTIONS } from '../utterance-options.js';

const WINDOW = 512;

/** Every sample of a window has the window's number as its value. */
function hear(probabilities: readonly number[], live: boolean): ListeningEvent[] {
  const events: ListeningEvent[] = [];
  const assembler = new UtteranceAssembler(
    { ...DEFAULT_UTTERANCE_OPTIONS, commitAfterMs: 500, maxSegmentMs: 3_000 },
    { turnId: 1, mode: 'manual', endpointSilenceMs: Infinity, ...(live && { live }) },
    (event) => events.push(event),
  );
  for (const [n, probability] of probabilities.entries())
    assembler.window(new Int16Array(WINDOW).fill(n), probability, false);
  assembler.finish(new Int16Array(0));
  return events;
}

const sameSamples = (a: Int16Array, b: Int16Array): boolean =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));

it('reports the audio of each piece while it is spoken: complete, once, and without the next piece', () => {
  // Speech shorter than 320 ms is not always confirmed as speech.
  const stretch = fc.oneof(
    fc.tuple(fc.constant(0.9), fc.integer({ min: 10, max: 60 })),
    fc.tuple(fc.constant(0.02), fc.integer({ min: 1, max: 60 })),
  );
  fc.assert(
    fc.property(fc.array(stretch, { maxLength: 12 }), (stretches) => {
      const probabilities = stretches.flatMap(([probability, windows]) => Array<number>(windows).fill(probability));
      const events = hear(probabilities, true);
      const finals = new Map<number, Int16Array>();
      for (const event of events) if (event.type === 'piece') finals.set(event.index, event.pcm);
      for (const [index, piece] of finals) {
        const sent = concatInt16(
          events.flatMap((event) => (event.type === 'audio' && event.index === index ? [event.pcm] : [])),
        );
        expect(sameSamples(sent.subarray(0, piece.length), piece)).toBe(true);
        // The audio that was reported beyond the end of the piece is silence.
        for (const window of new Set(sent.subarray(piece.length))) expect(probabilities[window]).toBe(0.02);
      }
    }),
    { numRuns: 40 },
  );
});

it('reports parts of 100 ms, the first with the pre-roll, and no parts if live is off', () => {
  const speech = [...Array<number>(20).fill(0.02), ...Array<number>(40).fill(0.9), ...Array<number>(20).fill(0.02)];
  const parts = hear(speech, true).flatMap((event) => (event.type === 'audio' ? [event.pcm.length / 16] : []));
  expect(parts[0]).toBeGreaterThan(DEFAULT_UTTERANCE_OPTIONS.preRollMs);
  expect(Math.max(...parts.slice(1, -1))).toBeLessThanOrEqual(128);
  expect(hear(speech, false).filter(({ type }) => type === 'audio')).toEqual([]);
});
