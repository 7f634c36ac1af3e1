import { afterEach, describe, expect, it } from 'vitest';
import { ChorusError, type ErrorCode } from '../../src/core/index.js';
import { phrase } from '../../src/conversation/session/index.js';
import { assertNothingLeft, createAnsweredWorld, createWorld, endWorld, type World } from './turn-world.js';

const en = (key: Parameters<typeof phrase>[1]): string => phrase('en-US', key);
const error = (code: ErrorCode): ChorusError => new ChorusError(code, 'scripted');
let world: World;

afterEach(() => endWorld(world));

async function answered(...options: Parameters<typeof createAnsweredWorld>): Promise<World> {
  world = await createAnsweredWorld(...options);
  return world;
}

describe('faults', () => {
  it.each([
    ['asr.failed', 'asr_failed'],
    ['asr.timeout', 'asr_failed'],
    ['model.missing', 'model_downloading'],
    ['model.not_fetched', 'model_missing'],
    ['model.not_installed', 'model_missing'],
    ['capacity.queue_timeout', 'busy'],
    ['engine.crashed', 'internal'],
  ] as const)('recognition fails with %s: an apology, and the device listens again', async (code, apology) => {
    world = createWorld();
    world.recognizer.fails = error(code);
    world.device.start();
    world.stream().hears('hello');
    await world.clock.advance(4000);
    expect(world.connection.words).toEqual(['tts:start', `say:${en(apology)}`, 'tts:stop']);
    expect(world.stream().turn).toBeDefined();
    expect(world.host.recentTurns()[0]).toMatchObject({ outcome: 'failed', code });
  });

  it('the notice of a missing model is the promised sentence', () => {
    world = createWorld();
    expect(phrase('zh-CN', 'model_downloading')).toContain('语音模型还在下载，请稍等');
  });

  it('recognition that never answers', async () => {
    world = createWorld();
    world.recognizer.hangs = true;
    world.device.start();
    world.stream().hears('hello');
    await world.clock.advance(25_000);
    expect(world.connection.words).toEqual(['tts:start', `say:${en('asr_failed')}`, 'tts:stop']);
    expect(world.recognizer.pending).toBe(0);
  });

  it('a push to talk end that never arrives', async () => {
    world = createWorld();
    world.device.start('manual');
    world.stream().starts();
    world.stream().atFinish = undefined;
    world.device.stop();
    await world.clock.advance(25_000);
    expect(world.connection.words).toEqual(['tts:start', `say:${en('asr_failed')}`, 'tts:stop']);
  });

  it('the listening process dies during speech, and the next one repeats it: one question, one answer', async () => {
    world = createWorld();
    world.device.start();
    const said = (): void => {
      world.stream().piece('tell me', true);
      world.stream().piece('a story');
    };
    world.stream().starts();
    said();
    await world.clock.advance(700);
    world.stream().startsAgain();
    said();
    world.stream().ended();
    await world.clock.advance(4000);
    expect(world.connection.words.filter((word) => word.startsWith('stt:'))).toEqual(['stt:tell me a story']);
    expect(world.conversation.history.map(({ user }) => user)).toEqual(['tell me a story']);
  });

  it('the listening process dies without recovery: an apology during an utterance, and nothing before', async () => {
    world = createWorld();
    world.device.start();
    world.stream().lost();
    expect(world.stream().turn).toBeDefined();
    world.stream().starts();
    world.stream().lost();
    await world.clock.advance(3000);
    expect(world.connection.words).toEqual(['tts:start', `say:${en('internal')}`, 'tts:stop']);
    expect(world.stream().turn).toBeDefined();
  });

  it.each([
    ['llm.no_key', 'llm_no_key'],
    ['llm.rate_limited', 'llm_rate_limited'],
    ['llm.timeout', 'llm_timeout'],
    ['llm.unreachable', 'llm_unreachable'],
    ['llm.server_error', 'llm_server_error'],
  ] as const)('the model fails with %s before a word', async (code, apology) => {
    world = createWorld();
    world.conversation.failsAfter = { sentences: 0, error: error(code) };
    world.device.start();
    world.stream().hears('hello');
    await world.clock.advance(4000);
    expect(world.connection.words).toEqual(['stt:hello', 'tts:start', `say:${en(apology)}`, 'tts:stop']);
    expect(world.conversation.history).toEqual([{ user: 'hello', reply: '' }]);
  });

  it('the model breaks off: its text is played and stored, then the apology', async () => {
    world = createWorld();
    world.conversation.failsAfter = { sentences: 1, error: error('llm.unreachable') };
    world.device.start();
    world.stream().hears('hello');
    await world.clock.advance(5000);
    expect(world.connection.words).toEqual([
      'stt:hello',
      'tts:start',
      'llm:happy',
      'say:One.',
      `say:${en('llm_unreachable')}`,
      'tts:stop',
    ]);
    expect(world.conversation.history).toEqual([{ user: 'hello', reply: 'One.' }]);
  });

  it('after a failure of the voice, the phrase cache plays the apology', async () => {
    world = createWorld();
    world.speaking.fails = (text) => (text === 'Two.' ? error('tts.failed') : undefined);
    world.device.start();
    world.stream().hears('hello');
    await world.clock.advance(5000);
    expect(world.connection.words).toEqual([
      'stt:hello',
      'tts:start',
      'llm:happy',
      'say:One.',
      `say:${en('internal')}`,
      'tts:stop',
    ]);
    expect(world.host.recentTurns()[0]).toMatchObject({ outcome: 'failed', code: 'tts.failed' });
  });

  it('a voice that fails completely: start, stop, and listening again', async () => {
    world = createWorld();
    world.speaking.fails = () => error('tts.failed');
    world.device.start();
    world.stream().hears('hello');
    await world.clock.advance(5000);
    expect(world.connection.words).toEqual(['stt:hello', 'tts:start', 'llm:happy', 'tts:stop']);
    expect(world.stream().turn).toBeDefined();
  });

  it('a voice that hangs does not keep the device in the state speaking', async () => {
    world = createWorld();
    world.speaking.hangs = true;
    world.device.start();
    world.stream().hears('hello');
    await world.clock.advance(50_000);
    expect(world.connection.words).toEqual(['stt:hello', 'tts:start', 'llm:happy', 'tts:stop']);
    expect(world.stream().turn).toBeDefined();
  });

  it.each([0, 5, 40, 80, 100, 150, 200, 300, 600, 900, 1400, 1500, 1600, 1700])(
    '58: the device disconnects %i ms after its speech: no task is left',
    async (ms) => {
      world = createWorld();
      world.device.start('realtime');
      world.stream().hears('hello');
      await world.clock.advance(ms);
      world.connection.lose();
      await world.clock.advance(0);
      expect(() => assertNothingLeft(world)).not.toThrow();
      expect(world.stream().closed).toBe(true);
    },
  );

  it('the server ends during the session: the device is told, and no task is left', async () => {
    await answered();
    await world.scope.close('end');
    expect(world.connection.closedFor).toBeDefined();
    expect(world.clock.pending).toBe(0);
    expect(world.speaking.open).toBe(0);
  });
});
