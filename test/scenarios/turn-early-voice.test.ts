import { afterEach, describe, expect, it } from 'vitest';
import type { ReplyPart } from '../../src/conversation/dialogue/conversation-port.js';
import { ChorusError } from '../../src/core/index.js';
import { CountingMetrics } from '../fakes/counting-metrics.js';
import { assertNothingLeft, createWorld, type World } from './turn-world.js';

let world: World;
let metrics: CountingMetrics;

afterEach(async () => {
  world.connection.lose();
  await world.clock.advance(0);
  assertNothingLeft(world);
});

/**
 * A person pauses after a question. Recognition takes 80 ms, the model's first sentence 100 ms, and its synthesis 150
 * ms. The test decides when the turn ends.
 */
async function pausing(
  options: Parameters<typeof createWorld>[0] = {},
  setUp: (world: World) => void = () => undefined,
): Promise<World> {
  metrics = new CountingMetrics();
  world = createWorld({ metrics, rules: { speculative: true }, ...options });
  world.speaking.synthesisMs = 150;
  setUp(world);
  world.device.start();
  world.stream().starts();
  await world.clock.advance(10);
  world.stream().piece('how are you.');
  await world.clock.advance(80);
  return world;
}

/** Ends the turn `afterMs` after its words are known. Resolves with how long the first packet then takes, in ms. */
async function endsAfter(afterMs: number): Promise<number> {
  const { clock, connection } = world;
  await clock.advance(afterMs);
  expect(connection.words).toEqual([]);
  world.stream().ended();
  const endedMs = clock.nowMs();
  await clock.advance(8000);
  const first = connection.sent.find((sent) => 'packet' in sent);
  return (first?.atMs ?? Number.NaN) - endedMs;
}

const guesses = (): Record<string, number> => metrics.of('chorus_tts_speculation_total');
const saidByVoice = (): readonly (readonly string[])[] => world.speaking.replies.map(({ said }) => said);

describe('the first sentence of an early answer', () => {
  it('is synthesised during the pause, and played as soon as the device can play', async () => {
    await pausing();
    // The device plays 120 ms after `tts start`. If the sentence had not been synthesised early, it would wait 150 ms
    // for the voice.
    expect(await endsAfter(400)).toBe(120);
    expect(world.connection.words.slice(-5)).toEqual(['tts:start', 'llm:happy', 'say:One.', 'say:Two.', 'tts:stop']);
    expect(saidByVoice()).toEqual([['One.', 'Two.']]);
    expect(guesses()).toEqual({ used: 1 });
    expect(world.conversation.history).toEqual([{ user: 'how are you.', reply: 'One. Two.' }]);
  });

  it('continues to be synthesised if the turn ends before its audio is ready', async () => {
    await pausing();
    // The model needs 100 ms and the voice 150 ms. 110 ms of these have passed during the pause.
    expect(await endsAfter(110)).toBe(140);
    expect(saidByVoice()).toEqual([['One.', 'Two.']]);
    expect(guesses()).toEqual({ used: 1 });
  });

  it('is dropped unheard if more is said', async () => {
    const { clock, connection, speaking } = await pausing();
    await clock.advance(300);
    expect(saidByVoice()).toEqual([['One.']]);
    world.stream().resumes();
    await clock.advance(0);
    expect(speaking.open).toBe(0);
    expect(guesses()).toEqual({ wasted: 1 });
    expect(connection.packets).toBe(0);
    world.stream().piece('how are you today.');
    await clock.advance(80);
    expect(await endsAfter(400)).toBe(120);
    expect(guesses()).toEqual({ wasted: 1, used: 1 });
    expect(world.conversation.history).toEqual([{ user: 'how are you today.', reply: 'One. Two.' }]);
  });

  it('is dropped if the final words are different', async () => {
    const { clock } = await pausing();
    await clock.advance(300);
    world.stream().piece('who are you.');
    world.stream().ended();
    await clock.advance(8000);
    expect(saidByVoice()).toEqual([['One.'], ['One.', 'Two.']]);
    expect(guesses()).toEqual({ wasted: 1 });
  });

  it('is synthesised once more if it fails', async () => {
    const { clock, speaking, connection } = await pausing();
    speaking.fails = () => new ChorusError('tts.timeout', 'no sound');
    await clock.advance(300);
    expect(guesses()).toEqual({ dropped: 1 });
    speaking.fails = undefined;
    world.stream().ended();
    await clock.advance(8000);
    expect(connection.words.slice(-5)).toEqual(['tts:start', 'llm:happy', 'say:One.', 'say:Two.', 'tts:stop']);
    expect(world.host.recentTurns()[0]).toMatchObject({ outcome: 'answered' });
    expect(saidByVoice()).toEqual([['One.'], ['One.', 'Two.']]);
  });

  it('leads to an apology if it fails after the turn is certainly over, like any other sentence', async () => {
    const { clock, speaking, connection } = await pausing();
    await clock.advance(300);
    speaking.fails = (text) => (text === 'One.' ? new ChorusError('tts.timeout', 'no sound') : undefined);
    world.stream().ended();
    await clock.advance(8000);
    expect(connection.words.at(-1)).toBe('tts:stop');
    expect(world.host.recentTurns()[0]).toMatchObject({ outcome: 'failed', code: 'tts.timeout' });
  });

  it.each<[string, Parameters<typeof createWorld>[0], (world: World) => void]>([
    ['if the model is not asked early', { rules: {} }, () => undefined],
    ['under load', { mayPrepare: () => false }, () => undefined],
    ['if the voice costs money or is busy', {}, ({ speaking }) => (speaking.guesses = false)],
  ])('is not synthesised %s', async (_, options, setUp) => {
    await pausing(options, setUp);
    await world.clock.advance(400);
    expect(world.speaking.replies).toHaveLength(0);
    world.stream().ended();
    await world.clock.advance(8000);
    expect(saidByVoice()).toEqual([['One.', 'Two.']]);
    expect(guesses()).toEqual({});
  });

  it.each<[string, readonly ReplyPart[]]>([
    ['a tool', [{ type: 'tool', name: 'get_time' }]],
    ['a wait for a tool', [{ type: 'waiting' }]],
  ])('is not synthesised after %s', async (_, before) => {
    await pausing({}, ({ conversation }) => (conversation.before = before));
    await world.clock.advance(400);
    expect(saidByVoice().flat()).toEqual([]);
    world.stream().ended();
    await world.clock.advance(8000);
    expect(saidByVoice().flat()).toContain('One.');
    expect(guesses()).toEqual({});
  });

  it.each([0, 50, 110, 200, 400])('leaves no task if the device disconnects %i ms after its words', async (ms) => {
    const { clock, connection } = await pausing();
    await clock.advance(ms);
    connection.lose();
    await clock.advance(0);
    expect(() => assertNothingLeft(world)).not.toThrow();
  });
});
