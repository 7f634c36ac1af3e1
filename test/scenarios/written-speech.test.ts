import { beforeAll, describe, expect, it } from 'vitest';
import { createSlots } from '../../src/capacity/index.js';
import { noMetrics, silentLogger, sleep, type Clock } from '../../src/core/index.js';
import { createConversation } from '../../src/conversation/dialogue/index.js';
import type { LlmProvider } from '../../src/providers/index.js';
import { createSpeaking } from '../../src/speech/speaking/index.js';
import type { FakeClock } from '../fakes/fake-clock.js';
import { inProcessEncoder } from '../fakes/in-process-encoder.js';
import { scriptedTts } from '../fakes/scripted-tts.js';
import { loadMp3 } from '../fakes/speaking-world.js';
import { createWorld, type World } from './turn-world.js';

beforeAll(loadMp3);

/** Milliseconds per token of a small model on a small machine, which writes five tokens a second. */
const TOKEN_MS = 200;
const REPLY = 'It will be rather cold and windy in the north of the country tomorrow. Take a coat with you.';

function slowModel(clock: Clock): LlmProvider & { running: number } {
  return {
    id: 'slow',
    local: true,
    running: 0,
    async *stream(_, signal) {
      this.running += 1;
      try {
        for (const text of REPLY.match(/\s*\S+/gu) ?? []) {
          await sleep(clock, TOKEN_MS, signal);
          yield { type: 'text', text };
        }
      } finally {
        this.running -= 1;
      }
    },
  };
}

/** A device that was asked a question. Model and voice are scripted. The voice needs 300 ms until its first sound. */
function asked(streams: boolean): World & {
  readonly model: ReturnType<typeof slowModel>;
  readonly voice: ReturnType<typeof scriptedTts>;
} {
  const made: { model?: ReturnType<typeof slowModel>; voice?: ReturnType<typeof scriptedTts>; clock?: FakeClock } = {};
  const world = createWorld({
    speak: (clock, scope) => {
      made.clock = clock;
      made.model = slowModel(clock);
      made.voice = scriptedTts('cloud', clock, [{ firstMs: 300, pieceMs: 20 }], { streams });
      return createSpeaking({
        clock,
        scope,
        log: silentLogger,
        metrics: noMetrics,
        slots: createSlots({ clock, metrics: noMetrics, slots: 1, acquireTimeoutMs: 10_000 }),
        encoder: inProcessEncoder(),
        providers: [made.voice],
      });
    },
    conversation: () =>
      createConversation({
        clock: made.clock!,
        log: silentLogger,
        metrics: noMetrics,
        device: undefined,
        settings: () => ({ llm: made.model!, persona: undefined, maxTokens: 300, historyTurns: 10 }),
      }),
  });
  world.device.start();
  world.stream().hears('what will the weather be like');
  return { ...world, model: made.model!, voice: made.voice! };
}

const SENTENCES = ['It will be rather cold and windy in the north of the country tomorrow.', 'Take a coat with you.'];
const ASKED = 'stt:what will the weather be like';

/** Sentences of the answer that the device showed. */
const shown = ({ connection }: World): string[] =>
  connection.words.flatMap((word) => (SENTENCES.includes(word.slice(4)) ? [word.slice(4)] : []));

async function end(world: World): Promise<void> {
  world.connection.lose();
  await world.clock.advance(0);
  await world.scope.close();
  expect([...world.connection.violations, ...world.errors]).toEqual([]);
  expect(world.clock.pending).toBe(0);
}

describe('the answer of a slow model', () => {
  it('is heard seconds earlier, with the same words, from a voice that takes text as it is written', async () => {
    const whole = asked(false);
    await whole.clock.advance(20_000);
    // A sentence is shown with its first packet. Before that, the device plays a phrase that says the answer is being
    // prepared.
    const wholeMs = whole.connection.timeOf(`say:${SENTENCES[0]}`) - whole.connection.timeOf(ASKED);

    const streamed = asked(true);
    await streamed.clock.advance(20_000);
    const first = streamed.connection.sent.find((sent) => 'packet' in sent);
    const streamedMs = (first?.atMs ?? Infinity) - streamed.connection.timeOf(ASKED);

    expect([shown(whole), shown(streamed)]).toEqual([SENTENCES, SENTENCES]);
    expect(streamed.voice.written[0]?.join('')).toBe(SENTENCES[0]);
    expect(streamed.voice.written[0]?.length).toBeGreaterThan(3);
    // The first sentence has 14 tokens of 200 ms, and its first piece only four, so no phrase has to fill the time.
    expect(streamed.connection.words.filter((word) => word.startsWith('say:'))).toHaveLength(SENTENCES.length);
    expect(streamedMs).toBeLessThanOrEqual(4 * TOKEN_MS + 400);
    expect(wholeMs - streamedMs).toBeGreaterThanOrEqual(2_000);
    await end(whole);
    await end(streamed);
  });

  it('is interrupted within a sentence: model and voice end, and nothing more is sent', async () => {
    const world = asked(true);
    await world.clock.advance(2_000);
    expect(world.connection.packets).toBeGreaterThan(0);
    expect(world.model.running).toBe(1);
    world.device.abort();
    await world.clock.advance(0);
    const { packets } = world.connection;
    expect(world.model.running).toBe(0);
    expect(world.voice.signals.every(({ aborted }) => aborted)).toBe(true);
    await world.clock.advance(20_000);
    expect(world.connection.packets).toBe(packets);
    await end(world);
  });
});
