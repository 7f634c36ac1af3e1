import { expect, it } from 'vitest';
import type { ListeningEvent } from '../listening-port.js';
import { DEFAULT_UTTERANCE_OPTIONS } from '../utterance-options.js';
import { UtteranceAssembler } from './utterance.js';

const WINDOW = 512;
const WINDOW_MS = 32;
const ROOM = 10;
const VOICE = 3000;

class Turn {
  readonly events: ListeningEvent[] = [];
  readonly #assembler: UtteranceAssembler;

  constructor(pieceSilenceMs: number | undefined) {
    this.#assembler = new UtteranceAssembler(
      DEFAULT_UTTERANCE_OPTIONS,
      { turnId: 7, mode: 'auto', endpointSilenceMs: 600, ...(pieceSilenceMs !== undefined && { pieceSilenceMs }) },
      (event) => this.events.push(event),
    );
    this.windows(20, ROOM, 0.05).windows(32, VOICE, 0.9);
  }

  windows(count: number, level: number, probability: number): this {
    for (let window = 0; window < count; window++) {
      const pcm = Int16Array.from({ length: WINDOW }, (_, i) => (i % 2 === 0 ? level : -level));
      this.#assembler.window(pcm, probability, false);
    }
    return this;
  }

  get sent(): boolean {
    return this.events.some(({ type }) => type === 'piece');
  }

  sentAfterMs(probability: number): number {
    let windows = 0;
    while (!this.sent && windows < 60) {
      this.windows(1, ROOM, probability);
      windows += 1;
    }
    return windows * WINDOW_MS;
  }
}

it.each([
  [undefined, 128],
  [96, 96],
  [64, 64],
  [32, 32],
])('sends a piece after %s ms of silence', (pieceSilenceMs, expectedMs) => {
  expect(new Turn(pieceSilenceMs).sentAfterMs(0.05)).toBe(expectedMs);
});

it.each([
  [undefined, 0.999, 128],
  [undefined, 0.9, 128],
  [64, 0.999, 96],
  [64, 0.9, 64],
  [32, 0.999, 96],
  [32, 0.98, 64],
  [32, 0.9, 32],
])(
  'with %s ms, ends speech of probability %s after %s ms in which only the room is audible',
  (pieceSilenceMs, probability, expectedMs) => {
    expect(new Turn(pieceSilenceMs).sentAfterMs(probability)).toBe(expectedMs);
  },
);

it.each([
  [32, 0.7, true],
  [32, 0.9, false],
  [undefined, 0.7, false],
])(
  'with %s ms, takes the echo of the last word for silence at probability %s: %s',
  (pieceSilenceMs, probability, sent) => {
    expect(new Turn(pieceSilenceMs).windows(10, VOICE / 15, probability).sent).toBe(sent);
  },
);

it('ends the utterance at the same time, no matter when the piece was sent', () => {
  const end = (pieceSilenceMs?: number): ListeningEvent | undefined =>
    new Turn(pieceSilenceMs).windows(30, ROOM, 0.05).events.find(({ type }) => type === 'utterance_ended');
  expect(end(64)).toMatchObject({ speechEndMs: 1664, decidedMs: 2272 });
  expect(end()).toMatchObject({ speechEndMs: 1664, decidedMs: 2272 });
});
