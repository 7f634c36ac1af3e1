import { afterEach, describe, expect, it } from 'vitest';
import { Cancelled, ChorusError, silentLogger, systemClock } from '../../src/core/index.js';
import { createConversation } from '../../src/conversation/dialogue/index.js';
import { createLlm } from '../../src/providers/index.js';
import { CountingMetrics } from '../fakes/counting-metrics.js';
import { FakeLlmServer, text } from '../fakes/llm-server.js';
import { assertNothingLeft, createWorld, type World } from './turn-world.js';

let world: World;
let metrics: CountingMetrics;

afterEach(async () => {
  world.connection.lose();
  await world.clock.advance(0);
  assertNothingLeft(world);
});

/** A person has said a sentence and pauses. Its text is known, but it is not certain that the turn is over. */
async function pausing(words = 'how are you.', options: Parameters<typeof createWorld>[0] = {}): Promise<World> {
  metrics = new CountingMetrics();
  world = createWorld({ metrics, rules: { speculative: true }, ...options });
  // Once the agent of the device is known.
  await world.clock.advance(0);
  world.device.start();
  world.stream().starts();
  await world.clock.advance(10);
  world.stream().piece(words);
  await world.clock.advance(80);
  return world;
}

const results = (): Record<string, number> => metrics.of('chorus_llm_speculation_total');

describe('an answer that begins before the end of the turn is certain', () => {
  it('is used if the question was the same: its parts are ready at once', async () => {
    const { clock, connection, conversation } = await pausing();
    expect(conversation.asked).toEqual(['how are you.']);
    await clock.advance(250);
    expect(connection.words).toEqual([]);
    world.stream().ended();
    await clock.advance(0);
    expect(connection.words).toEqual(['stt:how are you.', 'tts:start', 'llm:happy']);
    await clock.advance(5000);
    expect(connection.words).toEqual([
      'stt:how are you.',
      'tts:start',
      'llm:happy',
      'say:One.',
      'say:Two.',
      'tts:stop',
    ]);
    expect(conversation.asked).toHaveLength(1);
    expect(conversation.history).toEqual([{ user: 'how are you.', reply: 'One. Two.' }]);
    expect(world.host.recentTurns()[0]).toMatchObject({
      outcome: 'answered',
      prepared: true,
      stagesMs: { llm_first_token: 0, llm_first_chunk: 0 },
    });
    expect(results()).toEqual({ hit: 1 });
    expect(metrics.counts['chorus_llm_speculation_saved_seconds_total']).toBeCloseTo(0.3, 1);
  });

  it.each(['cloud', undefined])('begins only if the rules of the agent allow it (service %s)', async (service) => {
    const { clock, conversation } = await pausing('how are you.', {
      agentOf: () => Promise.resolve({ id: 'a', name: 'A', service }),
      rules: (agent) => ({ speculative: agent?.service === undefined }),
    });
    expect(conversation.asked).toHaveLength(service === undefined ? 1 : 0);
    world.stream().ended();
    await clock.advance(5000);
    expect(conversation.asked).toEqual(['how are you.']);
  });

  it('begins at most eight times a turn, whatever the number of pauses', async () => {
    const { clock, conversation } = await pausing('one.');
    const words = ['one.'];
    for (let n = 2; n <= 12; n++) {
      world.stream().resumes();
      words.push(`${n}.`);
      world.stream().piece(words.join(' '));
      await clock.advance(80);
    }
    expect(conversation.asked).toHaveLength(8);
    expect(results()).toEqual({ miss: 8 });
    world.stream().ended();
    await clock.advance(5000);
    expect(conversation.asked.slice(8)).toEqual([words.join(' ')]);
  });

  it('does not begin any more once dropped answers have used up the tokens allowed for a turn', async () => {
    const { clock, conversation } = await pausing('one.', { rules: { speculative: true, speculativeTokens: 250 } });
    conversation.tokens = 100;
    const pauseAfter = async (words: string): Promise<void> => {
      world.stream().resumes();
      world.stream().piece(words);
      await clock.advance(80);
    };
    // The answer to "one." used no tokens, because their number was set after it was requested.
    for (const words of ['two.', 'three.', 'four.', 'five.', 'six.']) await pauseAfter(words);
    expect(conversation.asked).toEqual(['one.', 'two.', 'three.', 'four.']);
    expect(results()).toEqual({ miss: 4, limit: 2 });
    world.stream().ended();
    await clock.advance(5000);
    expect(conversation.asked.at(-1)).toBe('six.');
    // The tokens are counted anew in each turn.
    await clock.advance(500);
    world.device.start();
    world.stream().starts();
    await clock.advance(10);
    world.stream().piece('seven.');
    await clock.advance(80);
    expect(conversation.asked.at(-1)).toBe('seven.');
  });

  it('continues if the turn ends before the answer is complete', async () => {
    const { clock, connection, conversation } = await pausing();
    await clock.advance(50);
    world.stream().ended();
    await clock.advance(5000);
    expect(connection.words).toEqual([
      'stt:how are you.',
      'tts:start',
      'llm:happy',
      'say:One.',
      'say:Two.',
      'tts:stop',
    ]);
    expect(conversation.asked).toHaveLength(1);
  });

  it('is aborted if speech continues, and leaves no task', async () => {
    const { clock, connection, conversation } = await pausing();
    await clock.advance(150);
    expect(conversation.running).toBe(1);
    world.stream().resumes();
    await clock.advance(0);
    expect(conversation.running).toBe(0);
    expect(results()).toEqual({ miss: 1 });
    world.stream().piece('how are you today.');
    world.stream().ended();
    await clock.advance(5000);
    expect(conversation.asked).toEqual(['how are you.', 'how are you today.']);
    expect(conversation.history).toEqual([{ user: 'how are you today.', reply: 'One. Two.' }]);
    expect(connection.words).toEqual([
      'stt:how are you today.',
      'tts:start',
      'llm:happy',
      'say:One.',
      'say:Two.',
      'tts:stop',
    ]);
    expect(world.host.recentTurns()[0]?.prepared).toBe(false);
  });

  it('is not used for other words', async () => {
    const { clock, conversation } = await pausing('how are you.');
    world.stream().piece('who are you.');
    world.stream().ended();
    await clock.advance(5000);
    expect(conversation.asked).toEqual(['how are you.', 'who are you.']);
    expect(results()).toEqual({ miss: 1 });
  });

  it('is asked for again if it fails; only the second result matters', async () => {
    const { clock, conversation } = await pausing();
    conversation.failsAfter = { sentences: 1, error: new ChorusError('llm.unreachable', 'cut') };
    await clock.advance(250);
    conversation.failsAfter = undefined;
    world.stream().ended();
    await clock.advance(5000);
    expect(world.connection.words.filter((word) => word.startsWith('say'))).toEqual(['say:One.', 'say:Two.']);
    expect(conversation.asked).toHaveLength(2);
    expect(results()).toEqual({ dropped: 1 });
  });

  it('leads to an apology if it fails after the turn is certainly over, like any other answer', async () => {
    const { clock, connection, conversation } = await pausing();
    conversation.failsAfter = { sentences: 1, error: new ChorusError('llm.unreachable', 'cut') };
    await clock.advance(110);
    world.stream().ended();
    await clock.advance(5000);
    expect(connection.words.slice(2, 4)).toEqual(['llm:happy', 'say:One.']);
    expect(connection.words).toHaveLength(6);
    expect(world.host.recentTurns()[0]).toMatchObject({ outcome: 'failed', code: 'llm.unreachable' });
  });

  it('is requested again if it was cut off for another device just as the turn became certain', async () => {
    const { clock, connection, conversation } = await pausing();
    conversation.failsAfter = { sentences: 0, error: new Cancelled('the place is needed') };
    world.stream().ended();
    await clock.advance(100);
    conversation.failsAfter = undefined;
    await clock.advance(5000);
    expect(conversation.asked).toHaveLength(2);
    expect(connection.words).toEqual([
      'stt:how are you.',
      'tts:start',
      'llm:happy',
      'say:One.',
      'say:Two.',
      'tts:stop',
    ]);
  });

  it('does not begin under load', async () => {
    const { clock, conversation } = await pausing('how are you.', { mayPrepare: () => false });
    expect(conversation.asked).toEqual([]);
    world.stream().ended();
    await clock.advance(5000);
    expect(conversation.asked).toEqual(['how are you.']);
    expect(results()).toEqual({ dropped: 1 });
  });

  it('does not begin if it costs money', async () => {
    const { clock, conversation } = await pausing('how are you.', { rules: {} });
    await clock.advance(500);
    expect(conversation.asked).toEqual([]);
  });

  it.each([20, 90, 150, 300, 500])('leaves no task if the device disconnects %i ms after its words', async (ms) => {
    const { clock, connection } = await pausing();
    await clock.advance(ms);
    connection.lose();
    await clock.advance(0);
    expect(() => assertNothingLeft(world)).not.toThrow();
    expect(results()).toEqual({ miss: 1 });
  });

  it('is aborted on the network, too, and its tokens count as wasted', async () => {
    const server = await FakeLlmServer.start();
    try {
      server.script({ kind: 'sse', chunks: [text('Fine, thank you. ')], end: 'stall' });
      const common = { clock: systemClock, log: silentLogger };
      metrics = new CountingMetrics();
      const llm = createLlm({
        ...common,
        preset: undefined,
        baseUrl: server.baseUrl,
        model: 'm',
        apiKey: undefined,
        temperature: undefined,
        firstTokenMs: 8000,
        replyMs: 60_000,
        maxWorkers: 8,
        random: () => 0,
      });
      const counted = metrics;
      await pausing('how are you.', {
        metrics: counted,
        conversation: () =>
          createConversation({
            ...common,
            metrics: counted,
            device: undefined,
            settings: () => ({ llm, persona: undefined, maxTokens: 300, historyTurns: 10 }),
          }),
      });
      await server.received(1);
      world.stream().resumes();
      await server.requests[0]?.clientGone;
      await world.clock.advance(0);
      expect(counted.of('chorus_llm_speculation_total')).toEqual({ miss: 1 });
      const wasted = counted.of('chorus_llm_wasted_tokens_total');
      // The prompt alone has more than a hundred tokens, whereas only a few words of the answer had arrived.
      expect(wasted['input']).toBeGreaterThan(50);
      expect(wasted['output']).toBeLessThan(10);
    } finally {
      await server.close();
    }
  });
});
