import { afterEach, describe, expect, it } from 'vitest';
import { assertNothingLeft, createWorld, type World } from './turn-world.js';

let world: World;

afterEach(async () => {
  world.connection.lose();
  await world.clock.advance(0);
  assertNothingLeft(world);
});

const PIECE_SILENCE_MS = 128;
const RECOGNITION_MS = 80;
/** Silence after which this world's rules take a complete sentence for the end of the turn, in ms. */
const ENDED_MS = 400;

/**
 * In a first turn, the server learns how long the model thinks. In the second turn, a sentence has been said and
 * recognised.
 */
async function pausing(thinkingMs: number, speculative: boolean, mayPrepare = () => true): Promise<World> {
  world = createWorld({ rules: { speculative, pieceSilenceMs: PIECE_SILENCE_MS }, mayPrepare });
  const { clock, conversation, device } = world;
  conversation.delayMs = thinkingMs;
  device.start();
  world.stream().starts();
  world.stream().piece('hello.');
  await clock.advance(RECOGNITION_MS);
  // So far it is not known how long the model thinks.
  expect(world.stream().silenceMs).toBe(ENDED_MS);
  world.stream().ended();
  await clock.advance(8000);
  world.stream().starts();
  world.stream().piece('how are you.');
  await clock.advance(RECOGNITION_MS);
  return world;
}

describe('a pause while the model thinks', () => {
  it('may last until the model is about to answer, if the model is asked early', async () => {
    const { conversation } = await pausing(700, true);
    expect(conversation.asked.at(-1)).toBe('how are you.');
    // The model was asked after 208 ms of silence, so its first token is expected at 908 ms. The turn is declared over
    // 150 ms before that.
    expect(world.stream().silenceMs).toBe(PIECE_SILENCE_MS + RECOGNITION_MS + 700 - 150);
  });

  it('still lets the person continue after the model was asked at the expected end of the turn', async () => {
    const { clock, conversation } = await pausing(700, false);
    expect(world.stream().silenceMs).toBe(ENDED_MS + 700 - 150);
    expect(conversation.asked).toEqual(['hello.']);
    await clock.advance(ENDED_MS - PIECE_SILENCE_MS - RECOGNITION_MS);
    expect(conversation.asked).toEqual(['hello.', 'how are you.']);
    world.stream().resumes();
    await clock.advance(0);
    expect(conversation.running).toBe(0);
    world.stream().piece('how are you today.');
    await clock.advance(RECOGNITION_MS + ENDED_MS);
    world.stream().ended();
    await clock.advance(8000);
    expect(conversation.asked.at(-1)).toBe('how are you today.');
    expect(conversation.history.map(({ user }) => user)).toEqual(['hello.', 'how are you today.']);
  });

  it('is not longer if the model could not be asked early', async () => {
    let may = true;
    await pausing(700, false, () => may);
    may = false;
    await world.clock.advance(ENDED_MS);
    expect(world.stream().silenceMs).toBe(ENDED_MS);
  });

  it('is not longer for a fast model, and limited for a slow one', async () => {
    await pausing(1, true);
    expect(world.stream().silenceMs).toBe(ENDED_MS);
    world.connection.lose();
    await pausing(2500, true);
    expect(world.stream().silenceMs).toBe(1500);
  });

  it('is not measured as part of the time to detect the end of the turn', async () => {
    const { clock, host } = await pausing(700, true);
    const silenceMs = world.stream().silenceMs ?? 0;
    await clock.advance(silenceMs - PIECE_SILENCE_MS - RECOGNITION_MS);
    world.stream().ended(1, 'silence', silenceMs);
    await clock.advance(8000);
    const { stagesMs } = host.recentTurns().at(-1) ?? {};
    expect(stagesMs?.['endpoint']).toBe(ENDED_MS);
    // The model was asked after 208 ms of silence, and its first token came at 908 ms. The turn counts as ended at 400
    // ms, so this stage took 508 ms.
    expect(stagesMs?.['llm_first_token']).toBe(908 - ENDED_MS);
    const parts = ['endpoint', 'transcript', 'first_packet'].map((stage) => stagesMs?.[stage as 'endpoint'] ?? 0);
    expect(stagesMs?.['speech_end_to_first_packet']).toBe(parts.reduce((sum, part) => sum + part, 0));
  });

  it('is not longer because a prepared answer had to wait before', async () => {
    const { clock } = await pausing(300, true);
    for (let turn = 0; turn < 3; turn++) {
      // The prepared answer is ready long before the turn ends.
      await clock.advance(1700);
      world.stream().ended();
      await clock.advance(8000);
      world.stream().starts();
      world.stream().piece('and you.');
      await clock.advance(RECOGNITION_MS);
    }
    expect(world.stream().silenceMs).toBe(ENDED_MS);
  });
});
