import { afterEach, describe, expect, it } from 'vitest';
import { CountingMetrics } from '../fakes/counting-metrics.js';
import { fakeEndpoint } from '../fakes/fake-endpoint.js';
import { assertNothingLeft, createWorld, type World } from './turn-world.js';

let world: World;
let metrics: CountingMetrics;

afterEach(async () => {
  world.connection.lose();
  await world.clock.advance(0);
  assertNothingLeft(world);
});

type Options = Parameters<typeof createWorld>[0];

/** A person is speaking, and the recogniser recognises the speech meanwhile. */
async function speaking(
  options: Options = {},
  mode: 'auto' | 'manual' | 'realtime' = 'auto',
  speculative = true,
): Promise<World> {
  metrics = new CountingMetrics();
  world = createWorld({ metrics, rules: { speculative }, ...options });
  world.recognizer.streaming = true;
  world.device.start(mode);
  await speaksAgain();
  return world;
}

async function speaksAgain(): Promise<void> {
  world.stream().starts();
  await world.clock.advance(10);
  world.stream().speaks();
}

/** Lets the recogniser report each text twice, because then the text counts as stable. */
async function understands(...texts: readonly string[]): Promise<void> {
  for (const text of texts)
    for (let times = 0; times < 2; times++) {
      world.recognizer.understands(text);
      await world.clock.advance(20);
    }
}

const results = (): Record<string, number> => metrics.of('chorus_llm_speculation_total');
const RECOGNITION_MS = 80;
/** How long this world's rules wait: while no text is known, after a complete sentence, and after any other text. */
const [INITIAL_MS, ENDED_MS, OPEN_MS] = [700, 400, 900];

describe('a stable text during speech', () => {
  it('starts the model before the pause, and its answer is used if the question was the same', async () => {
    const { clock, connection, conversation, host } = await speaking();
    world.recognizer.understands('how are you.');
    await clock.advance(20);
    expect(conversation.asked).toEqual([]);
    world.recognizer.understands('how are you.');
    await clock.advance(250);
    expect(conversation.asked).toEqual(['how are you.']);
    world.stream().piece('how are you.');
    await clock.advance(RECOGNITION_MS);
    expect(connection.words).toEqual([]);
    world.stream().ended();
    await clock.advance(0);
    expect(connection.words).toEqual(['stt:how are you.', 'tts:start', 'llm:happy']);
    await clock.advance(5000);
    expect(conversation.asked).toHaveLength(1);
    expect(conversation.history).toEqual([{ user: 'how are you.', reply: 'One. Two.' }]);
    expect(results()).toEqual({ hit: 1 });
    expect(host.recentTurns()[0]).toMatchObject({ outcome: 'answered', prepared: true });
    expect(metrics.counts['chorus_llm_speculation_saved_seconds_total']).toBeCloseTo(0.33, 2);
  });

  it('is compared with the final text; if that differs, the answer is dropped', async () => {
    const { clock, connection, conversation } = await speaking();
    await understands('how are you.');
    world.stream().piece('who are you.');
    await clock.advance(RECOGNITION_MS);
    expect(results()).toEqual({ miss: 1 });
    world.stream().ended();
    await clock.advance(5000);
    expect(conversation.asked).toEqual(['how are you.', 'who are you.']);
    expect(conversation.history).toEqual([{ user: 'who are you.', reply: 'One. Two.' }]);
    expect(connection.words[0]).toBe('stt:who are you.');
    expect(results()).toEqual({ miss: 1, hit: 1 });
  });

  it('is compared even if the turn ends before the final text is known', async () => {
    const { clock, conversation } = await speaking();
    await understands('how are you.');
    world.stream().piece('who are you.');
    world.stream().ended();
    await clock.advance(5000);
    expect(conversation.asked).toEqual(['how are you.', 'who are you.']);
    expect(conversation.history).toEqual([{ user: 'who are you.', reply: 'One. Two.' }]);
  });

  it('never becomes the text of the utterance', async () => {
    const { clock, connection, conversation, host } = await speaking();
    await understands('how are you.');
    world.stream().piece('');
    world.stream().ended();
    await clock.advance(5000);
    expect(connection.words).toEqual([]);
    expect(conversation.running).toBe(0);
    expect(results()).toEqual({ miss: 1 });
    expect(host.recentTurns()[0]).toMatchObject({ outcome: 'empty', prepared: false });
  });

  it('is dropped as soon as more words are recognised, and the model is asked again', async () => {
    const { clock, conversation } = await speaking();
    await understands('how are');
    expect(conversation.running).toBe(1);
    world.recognizer.understands('how are you.');
    await clock.advance(0);
    expect(conversation.running).toBe(0);
    world.recognizer.understands('how are you.');
    await clock.advance(0);
    expect(conversation.asked).toEqual(['how are', 'how are you.']);
  });

  it('is dropped if speech continues after a pause', async () => {
    const { clock, conversation } = await speaking();
    await understands('how are you.');
    world.stream().piece('how are you.');
    world.stream().resumes();
    await clock.advance(0);
    expect(conversation.running).toBe(0);
    expect(results()).toEqual({ miss: 1 });
  });

  it('starts the model at most three times a turn, not counting the final text', async () => {
    const { clock, conversation } = await speaking();
    await understands('a', 'a b', 'a b c', 'a b c d', 'a b c d e.');
    expect(conversation.asked).toEqual(['a', 'a b', 'a b c']);
    world.stream().piece('a b c d e.');
    await clock.advance(RECOGNITION_MS);
    world.stream().ended();
    await clock.advance(5000);
    expect(conversation.asked).toEqual(['a', 'a b', 'a b c', 'a b c d e.']);
    expect(results()).toEqual({ miss: 3, hit: 1 });
    await speaksAgain();
    await understands('and you.');
    expect(conversation.asked.at(-1)).toBe('and you.');
  });

  it('is sent to the model together with the earlier text of the turn', async () => {
    const { clock, conversation } = await speaking();
    world.stream().piece('turn on the light', true);
    world.stream().speaks();
    await understands('in the kitchen.');
    expect(conversation.asked).toEqual([]);
    await clock.advance(RECOGNITION_MS);
    await understands('in the kitchen.');
    expect(conversation.asked).toEqual(['turn on the light in the kitchen.']);
  });

  it('starts no request that costs money', async () => {
    const { clock, conversation } = await speaking({}, 'auto', false);
    await understands('how are you.');
    world.stream().piece('how are you.');
    await clock.advance(RECOGNITION_MS);
    expect(conversation.asked).toEqual([]);
    world.stream().ended();
    await clock.advance(5000);
    expect(conversation.asked).toEqual(['how are you.']);
    expect(results()).toEqual({});
  });

  it('starts no request under load', async () => {
    const { conversation } = await speaking({ mayPrepare: () => false });
    await understands('how are you.', 'how are you today.');
    expect(conversation.asked).toEqual([]);
    expect(results()).toEqual({ dropped: 2 });
  });

  it('starts no request in push to talk', async () => {
    const { conversation } = await speaking({}, 'manual');
    await understands('how are you.');
    expect(conversation.asked).toEqual([]);
  });

  it('has no effect on the answer if it comes after the final text', async () => {
    const { clock, conversation, recognizer } = await speaking();
    world.stream().piece('how are you.');
    await clock.advance(RECOGNITION_MS);
    recognizer.understands('how are you and');
    await clock.advance(0);
    expect(conversation.asked).toEqual(['how are you.']);
    expect(conversation.running).toBe(1);
    expect(results()).toEqual({});
  });

  it('has no effect on the previous question if it belongs to the next turn', async () => {
    const { clock, conversation } = await speaking({}, 'realtime');
    await understands('how are you.');
    world.stream().piece('how are you.');
    world.stream().ended();
    world.stream().starts();
    world.stream().speaks();
    await understands('mm');
    expect(conversation.asked).toEqual(['how are you.']);
    expect(conversation.running).toBe(1);
    await clock.advance(RECOGNITION_MS);
    expect(results()).toEqual({ hit: 1 });
  });
});

describe('the pause after partly recognised words', () => {
  it('depends on these words until the text of the whole piece arrives', async () => {
    const { clock, recognizer } = await speaking({}, 'auto', false);
    recognizer.understands('how are');
    await clock.advance(0);
    expect(world.stream().silenceMs).toBe(INITIAL_MS);
    world.stream().piece('how are you.');
    // This text was reported only once, and before the pause, so words may be missing at its end.
    expect(world.stream().silenceMs).toBe(INITIAL_MS);
    recognizer.understands('how are you');
    expect(world.stream().silenceMs).toBe(OPEN_MS);
    recognizer.understands('how are you today.');
    expect(world.stream().silenceMs).toBe(ENDED_MS);
    recognizer.understands('how are you');
    await clock.advance(RECOGNITION_MS);
    expect(world.stream().silenceMs).toBe(ENDED_MS);
    recognizer.understands('how are you and');
    expect(world.stream().silenceMs).toBe(ENDED_MS);
  });

  it('depends at once on words that were stable before the pause', async () => {
    await speaking({}, 'auto', false);
    await understands('how are you.');
    world.stream().piece('how are you.');
    expect(world.stream().silenceMs).toBe(ENDED_MS);
  });

  it('is not shortened for a missing punctuation mark, which may still follow', async () => {
    const { recognizer } = await speaking({
      endpoint: fakeEndpoint(({ punctuationMeansEnd }) => (punctuationMeansEnd ? ENDED_MS : OPEN_MS), INITIAL_MS),
    });
    world.stream().piece('how are you.');
    recognizer.understands('how are you');
    expect(world.stream().silenceMs).toBe(OPEN_MS);
    recognizer.understands('how are you.');
    expect(world.stream().silenceMs).toBe(ENDED_MS);
  });

  it('is as long as without words if the piece gets no text', async () => {
    const { clock, recognizer } = await speaking({}, 'auto', false);
    recognizer.dropsSpeculation = true;
    await understands('and then');
    world.stream().piece('and then we go.');
    expect(world.stream().silenceMs).toBe(OPEN_MS);
    await clock.advance(0);
    expect(world.stream().silenceMs).toBe(INITIAL_MS);
  });

  it('is longer only while the model, which was asked during speech, thinks', async () => {
    await speaking({ rules: { speculative: true, pieceSilenceMs: 128 } });
    const { clock, conversation } = world;
    conversation.delayMs = 700;
    world.stream().piece('hello.');
    await clock.advance(RECOGNITION_MS);
    world.stream().ended();
    await clock.advance(8000);
    await speaksAgain();
    await understands('how are you.');
    await clock.advance(180);
    world.stream().piece('how are you.');
    await clock.advance(RECOGNITION_MS);
    // The model was asked 280 ms before, and there have been 208 ms of silence.
    expect(world.stream().silenceMs).toBe(208 - 280 + 700 - 150);
  });

  it('is not longer if all earlier answers of the model were ready before the end of their turns', async () => {
    const { clock } = await speaking();
    await understands('hello.');
    await clock.advance(2000);
    world.stream().piece('hello.');
    await clock.advance(RECOGNITION_MS);
    world.stream().ended();
    await clock.advance(8000);
    await speaksAgain();
    world.stream().piece('how are you.');
    await clock.advance(RECOGNITION_MS);
    expect(world.stream().silenceMs).toBe(ENDED_MS);
  });
});

describe('subtitles during speech', () => {
  it('reach the device word by word, followed by the final text', async () => {
    const { clock, connection } = await speaking({ rules: { liveSubtitles: true, speculative: false } });
    await understands('how', 'how are', 'how are you');
    expect(connection.words).toEqual(['stt:how', 'stt:how are', 'stt:how are you']);
    world.stream().piece('who are you.');
    world.stream().ended();
    await clock.advance(5000);
    const shown = connection.words.filter((word) => word.startsWith('stt:'));
    expect(shown).toEqual(['stt:how', 'stt:how are', 'stt:how are you', 'stt:who are you.']);
    expect(connection.words.indexOf('stt:who are you.')).toBeLessThan(connection.words.indexOf('tts:start'));
    // At the next turn, the earlier words have left the screen.
    await speaksAgain();
    await understands('and');
    expect(connection.words.at(-1)).toBe('stt:and');
  });

  it('are off by default: only the final text is sent', async () => {
    const { clock, connection } = await speaking();
    await understands('how', 'how are', 'how are you');
    expect(connection.words).toEqual([]);
    world.stream().piece('how are you.');
    world.stream().ended();
    await clock.advance(5000);
    expect(connection.words.filter((word) => word.startsWith('stt:'))).toEqual(['stt:how are you.']);
  });
});
