import { afterEach, describe, expect, it } from 'vitest';
import { ChorusError, type ErrorCode } from '../../src/core/index.js';
import { phrase } from '../../src/session/index.js';
import { assertNothingLeft, createWorld, type World } from './turn-world.js';

const en = (key: Parameters<typeof phrase>[1]): string => phrase('en-US', key);
const error = (code: ErrorCode): ChorusError => new ChorusError(code, 'scripted');
let world: World;

/** Whatever a test did: the device goes away, and nothing may be left. */
afterEach(async () => {
  world.connection.lose();
  await world.clock.advance(0);
  assertNothingLeft(world);
});

async function answered(options: Parameters<typeof createWorld>[0] = {}, mode: 'auto' | 'manual' | 'realtime' = 'auto'): Promise<World> {
  world = createWorld(options);
  world.device.start(mode);
  world.ear().hears('how are you');
  await world.clock.advance(600);
  return world;
}

describe('a turn', () => {
  it('A: wake word and question in one breath are one turn without a greeting (35, 37, 44)', async () => {
    world = createWorld();
    const { device, connection, clock, conversation } = world;
    device.wake();
    device.start();
    expect(world.listening.ear.turns).toHaveLength(1);
    world.ear().silent(200);
    world.ear().hears('what is the time');
    await clock.advance(5000);
    expect(connection.words).toEqual(['stt:what is the time', 'tts:start', 'llm:happy', 'say:One.', 'say:Two.', 'tts:stop']);
    expect(connection.packets).toBe(20);
    expect(conversation.history).toEqual([{ user: 'what is the time', reply: 'One. Two.' }]);
    expect(world.host.recentTurns()).toMatchObject([{ record: { outcome: 'answered', mode: 'auto', stages: { endpoint: 600 } } }]);
    // Where the pair confuses a device it sends no new listen start; the ear is open in any case.
    expect(world.ear().turn).toMatchObject({ turnId: 2, mode: 'auto' });
  });

  it('a wake word with nothing after it is greeted after 400 ms of sound', async () => {
    world = createWorld();
    world.device.wake();
    world.device.start();
    world.ear().silent(200);
    expect(world.connection.words).toEqual([]);
    world.ear().silent(400);
    await world.clock.advance(3000);
    expect(world.connection.words).toEqual(['tts:start', `say:${en('greeting')}`, 'tts:stop']);
    expect(world.ear().turn).toBeDefined();
    // A listen start of its own accord is not greeted again (36).
    world.device.start();
    world.ear().silent(800);
    expect(world.connection.words).toHaveLength(3);
  });

  it('in realtime the greeting ends when the user speaks', async () => {
    world = createWorld();
    world.device.wake();
    world.device.start('realtime');
    world.ear().silent(400);
    await world.clock.advance(50);
    world.ear().starts();
    await world.clock.advance(2000);
    expect(world.connection.words).toEqual(['tts:start', 'tts:stop']);
    expect(world.connection.packets).toBe(0);
    world.ear().piece('hello');
    world.ear().ended();
    await world.clock.advance(5000);
    expect(world.conversation.asked).toEqual(['hello']);
  });

  it('B: push to talk is answered to an idle device (38)', async () => {
    world = createWorld();
    const { device, connection, clock } = world;
    device.start('manual');
    world.ear().starts();
    await clock.advance(2000);
    world.ear().atFinish = 'tell me more';
    device.stop();
    device.stop();
    await clock.advance(5000);
    expect(connection.words).toEqual(['stt:tell me more', 'tts:start', 'llm:happy', 'say:One.', 'say:Two.', 'tts:stop']);
    expect(world.ear().turn).toBeUndefined();
  });

  it('tts stop follows the end of playing by the tail, tts start follows the text at once', async () => {
    await answered();
    const { connection, clock } = world;
    await clock.advance(5000);
    expect(connection.timeOf('tts:start')).toBe(connection.timeOf('stt:how are you'));
    const lastPacketMs = connection.sent.findLast((sent) => 'packet' in sent)?.atMs ?? 0;
    expect(connection.timeOf('tts:stop')).toBe(lastPacketMs + 60 + 120);
  });

  it('nothing said leaves the device able to speak, without a word of ours (43)', async () => {
    world = createWorld();
    world.device.start();
    world.ear().ended(0);
    expect(world.ear().turn).toMatchObject({ turnId: 2 });
    world.ear().hears('');
    await world.clock.advance(1000);
    expect(world.ear().turn).toMatchObject({ turnId: 3 });
    expect(world.connection.words).toEqual([]);
    world.device.start('manual');
    world.device.stop();
    await world.clock.advance(100);
    expect(world.connection.words).toEqual([]);
    expect(world.ear().turn).toBeUndefined();
  });

  it('push to talk that was not understood is told so', async () => {
    world = createWorld();
    world.device.start('manual');
    world.ear().atFinish = ' ';
    world.device.stop();
    await world.clock.advance(3000);
    expect(world.connection.words).toEqual(['tts:start', `say:${en('not_understood')}`, 'tts:stop']);
    expect(world.host.recentTurns()[0]?.record.outcome).toBe('not_understood');
  });

  it('two listen starts in a row are one turn (40)', async () => {
    world = createWorld();
    world.device.start();
    world.ear().starts();
    world.ear().piece('old words');
    world.device.start();
    world.ear().hears('new words');
    await world.clock.advance(4000);
    expect(world.conversation.asked).toEqual(['new words']);
  });

  it('a long utterance is the sum of its pieces', async () => {
    world = createWorld();
    world.device.start();
    world.ear().starts();
    world.ear().piece('first part', true);
    await world.clock.advance(300);
    world.ear().piece('second part');
    world.ear().ended(2);
    await world.clock.advance(300);
    expect(world.conversation.asked).toEqual(['first part second part']);
  });

  it('a filler breaks a long silence and stays out of the history', async () => {
    world = createWorld();
    world.conversation.delayMs = 4000;
    world.conversation.sentences = ['Done.'];
    world.device.start();
    world.ear().hears('think hard');
    await world.clock.advance(10_000);
    expect(world.connection.words).toEqual(['stt:think hard', 'tts:start', `say:${en('filler')}`, 'llm:happy', 'say:Done.', 'tts:stop']);
    expect(world.conversation.history).toEqual([{ user: 'think hard', reply: 'Done.' }]);
  });
});

describe('speculation', () => {
  it('decodes at the pause, adapts the endpoint, and has the text when the turn ends', async () => {
    world = createWorld();
    world.device.start();
    world.ear().starts();
    await world.clock.advance(10);
    world.ear().piece('I am done.');
    expect(world.recognizer.requests).toMatchObject([{ deadlineMs: undefined }]);
    await world.clock.advance(200);
    expect(world.ear().silenceMs).toBe(400);
    world.ear().ended();
    expect(world.connection.words).toEqual(['stt:I am done.', 'tts:start']);
    expect(world.recognizer.requests).toHaveLength(1);
  });

  it('throws away what was decoded when speech goes on', async () => {
    world = createWorld();
    world.device.start();
    world.ear().starts();
    await world.clock.advance(10);
    world.ear().piece('I am.');
    await world.clock.advance(200);
    world.ear().resumes();
    expect(world.ear().silenceMs).toBe(700);
    world.ear().piece('I am not done');
    world.ear().ended();
    await world.clock.advance(300);
    expect(world.conversation.asked).toEqual(['I am not done']);
  });

  it('asks again, with a deadline, where no slot was idle', async () => {
    world = createWorld();
    world.recognizer.dropsSpeculation = true;
    world.device.start();
    world.ear().starts();
    await world.clock.advance(10);
    world.ear().piece('hello there');
    await world.clock.advance(100);
    world.ear().ended();
    await world.clock.advance(100);
    expect(world.recognizer.requests.map((request) => request.deadlineMs)).toEqual([undefined, 410]);
    expect(world.conversation.asked).toEqual(['hello there']);
  });
});

describe('barge-in', () => {
  const over = ['stt:how are you', 'tts:start', 'llm:happy', 'say:One.', 'tts:stop'];

  it('C: a click stops at once, and twice does not matter (51, 52, 53, 54)', async () => {
    await answered();
    const { device, connection, clock, conversation } = world;
    device.abort();
    const { packets } = connection;
    expect(packets).toBeGreaterThan(0);
    expect(connection.words).toEqual(over);
    device.abort();
    await clock.advance(3000);
    expect(connection.packets).toBe(packets);
    expect(connection.words).toEqual(over);
    expect(conversation.history).toHaveLength(1);
    expect(conversation.history[0]?.reply).not.toContain('Two');
    expect(world.ear().turn).toBeDefined();
  });

  it('a click right after tts start: the stop comes in another tick, within 100 ms', async () => {
    world = createWorld();
    world.device.start();
    world.ear().hears('how are you');
    await world.clock.advance(80);
    expect(world.connection.words).toEqual(['stt:how are you', 'tts:start']);
    world.device.abort();
    expect(world.connection.speaking).toBe(true);
    await world.clock.advance(100);
    expect(world.connection.words).toEqual(['stt:how are you', 'tts:start', 'tts:stop']);
    await world.clock.advance(3000);
    expect(world.connection.words).toHaveLength(3);
  });

  it('a click while the text is being made: nothing of that turn comes (52)', async () => {
    world = createWorld();
    world.device.start();
    world.ear().hears('never mind');
    await world.clock.advance(20);
    world.device.abort();
    await world.clock.advance(3000);
    expect(world.connection.words).toEqual([]);
    expect(world.ear().turn).toBeDefined();
  });

  it('press to talk', async () => {
    await answered({}, 'manual');
    world.device.abort();
    world.device.start('manual');
    world.ear().atFinish = 'something else';
    await world.clock.advance(500);
    world.device.stop();
    await world.clock.advance(5000);
    expect(world.connection.words).toEqual([...over, 'stt:something else', 'tts:start', 'llm:happy', 'say:One.', 'say:Two.', 'tts:stop']);
  });

  it('press to talk without an abort before it (39)', async () => {
    await answered({}, 'manual');
    const { packets } = world.connection;
    world.device.start('manual');
    await world.clock.advance(3000);
    expect(world.connection.words).toEqual(over);
    expect(world.connection.packets).toBe(packets);
  });

  it('D: wake word in auto mode: no stale sound, and the late listen start begins the turn', async () => {
    await answered();
    const { packets } = world.connection;
    world.device.abort('wake_word_detected');
    await world.clock.advance(2600);
    world.device.start();
    world.ear().silent(400);
    await world.clock.advance(1000);
    expect(world.connection.words).toEqual(over);
    expect(world.connection.packets).toBe(packets);
  });

  it('wake word in realtime mode', async () => {
    await answered({}, 'realtime');
    world.device.abort('wake_word_detected');
    world.device.start('realtime');
    world.ear().hears('next');
    await world.clock.advance(5000);
    expect(world.conversation.asked).toEqual(['how are you', 'next']);
    expect(world.connection.words.slice(0, 5)).toEqual(over);
  });

  it("E: the user's own voice in realtime stops the answer, flushes the device and is the next turn (54a)", async () => {
    await answered({}, 'realtime');
    const ear = world.ear();
    expect(ear.playing).toBe(true);
    expect(ear.references).toBe(world.connection.packets);
    const { packets } = world.connection;
    ear.bargesIn();
    expect(ear.playing).toBe(false);
    expect(world.connection.words).toEqual([...over, 'tts:start']);
    await world.clock.advance(100);
    expect(world.connection.words).toEqual([...over, 'tts:start', 'tts:stop']);
    expect(world.connection.packets).toBe(packets);
    ear.piece('stop that');
    ear.ended();
    await world.clock.advance(5000);
    expect(world.conversation.asked).toEqual(['how are you', 'stop that']);
  });

  it('in realtime the ear is open all the time, without a listen start', async () => {
    await answered({}, 'realtime');
    await world.clock.advance(5000);
    expect(world.ear().turn?.mode).toBe('realtime');
    world.ear().hears('and you');
    await world.clock.advance(5000);
    expect(world.conversation.asked).toEqual(['how are you', 'and you']);
  });

  it('in realtime, what is added while the answer is being made belongs to the question', async () => {
    world = createWorld();
    world.conversation.delayMs = 1000;
    world.device.start('realtime');
    world.ear().hears('what is the weather');
    await world.clock.advance(300);
    world.ear().hears('in Paris');
    await world.clock.advance(8000);
    expect(world.conversation.asked).toEqual(['what is the weather', 'what is the weather in Paris']);
    expect(world.conversation.history).toEqual([{ user: 'what is the weather in Paris', reply: 'One. Two.' }]);
  });
});

describe('the end of a conversation', () => {
  it.each([['goodbye!', 'en-US'], ['Bye bye.', 'en-US'], ['再见。', 'zh-CN'], ['退 出', 'zh-CN']])('%s: farewell, then the socket is closed', async (words, language) => {
    world = createWorld({ language });
    world.device.start();
    world.ear().hears(words);
    await world.clock.advance(3000);
    expect(world.connection.words.slice(1)).toEqual(['tts:start', `say:${phrase(language, 'farewell')}`, 'tts:stop']);
    expect(world.connection.closedFor).toBe('farewell');
    expect(world.conversation.asked).toEqual([]);
  });

  it('exit words within a sentence are just words', async () => {
    world = createWorld();
    world.device.start();
    world.ear().hears('how do I say goodbye in French');
    await world.clock.advance(300);
    expect(world.conversation.asked).toHaveLength(1);
  });

  it('idle: farewell at 60 s, closed at 70 s, though the device listens again by itself', async () => {
    await answered();
    await world.clock.advance(1500);
    world.device.start();
    const overMs = world.clock.nowMs();
    await world.clock.advance(overMs + 59_900 - world.clock.nowMs());
    expect(world.connection.words.at(-1)).toBe('tts:stop');
    await world.clock.advance(4000);
    expect(world.connection.words.slice(-3)).toEqual(['tts:start', `say:${en('farewell')}`, 'tts:stop']);
    world.device.start();
    await world.clock.advance(overMs + 69_800 - world.clock.nowMs());
    expect(world.connection.closedFor).toBeUndefined();
    await world.clock.advance(400);
    expect(world.connection.closedFor).toBe('idle');
  });

  it('a word after the farewell keeps the conversation', async () => {
    world = createWorld();
    world.device.start();
    await world.clock.advance(63_000);
    world.device.start();
    world.ear().hears('wait');
    await world.clock.advance(30_000);
    expect(world.connection.closedFor).toBeUndefined();
    expect(world.conversation.asked).toEqual(['wait']);
  });

  it('H: a device that never says anything is closed at 70 s without a word', async () => {
    world = createWorld();
    await world.clock.advance(71_000);
    expect(world.connection.closedFor).toBe('idle');
    expect(world.connection.words).toEqual([]);
  });

  it('noise does not keep a connection for ever, and the device has data at least every 120 s (28)', async () => {
    world = createWorld();
    world.device.start();
    for (let second = 0; second < 200 && world.connection.closedFor === undefined; second++) {
      const ear = world.ear();
      const listens = ear.turn !== undefined;
      if (!listens && !world.connection.speaking) world.device.start();
      else if (listens && second % 3 === 0) ear.starts();
      else if (listens && second % 3 === 2) {
        ear.piece('');
        ear.ended();
      }
      await world.clock.advance(1000);
    }
    expect(world.connection.closedFor).toBe('idle');
    const times = [0, ...world.connection.sent.map((sent) => sent.atMs), world.clock.nowMs()];
    const gaps = times.slice(1).map((atMs, i) => atMs - (times[i] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(100_000);
  });
});

describe('admission', () => {
  it('full: busy after 3 s in speech and on screen, then closed', async () => {
    world = createWorld({ maxTalking: 1 });
    const permit = world.admission.tryAdmit('other', undefined);
    world.device.start();
    world.ear().hears('hello');
    await world.clock.advance(2900);
    expect(world.connection.words).toEqual([]);
    expect(world.recognizer.requests).toEqual([]);
    await world.clock.advance(3000);
    expect(world.connection.words).toEqual(['alert', 'tts:start', `say:${en('busy')}`, 'tts:stop']);
    expect(world.connection.closedFor).toBe('busy');
    permit?.release();
  });

  it('room within 3 s: the turn goes on', async () => {
    world = createWorld({ maxTalking: 1 });
    const permit = world.admission.tryAdmit('other', undefined);
    world.device.start();
    world.ear().hears('hello');
    await world.clock.advance(2000);
    permit?.release();
    await world.clock.advance(3000);
    expect(world.conversation.asked).toEqual(['hello']);
    expect(world.host.recentTurns()[0]?.record.stages.admission).toBe(2000);
  });

  it('noise gives the permit back', async () => {
    world = createWorld();
    world.device.start();
    world.ear().starts();
    await world.clock.advance(10);
    expect(world.host.talking()).toBe(1);
    world.ear().ended(0);
    expect(world.host.talking()).toBe(0);
  });
});

describe('drain', () => {
  it('lets a running reply finish, then closes; accepts nobody', async () => {
    await answered();
    const drained = world.host.drain();
    await world.clock.advance(5000);
    await drained;
    expect(world.connection.words.at(-2)).toBe('say:Two.');
    expect(world.connection.closedFor).toBe('draining');
    const late = createWorld();
    const handle = world.host.accept(late.connection);
    expect(late.connection.closedFor).toBe('draining');
    handle.onMessage({ type: 'abort' });
    late.connection.lose();
  });

  it('is bounded', async () => {
    world = createWorld({ drainTimeoutMs: 2000 });
    world.speaking.hangs = true;
    world.device.start();
    world.ear().hears('hello');
    await world.clock.advance(500);
    const drained = world.host.drain();
    await world.clock.advance(2100);
    await drained;
    expect(world.connection.closedFor).toBeDefined();
  });
});

describe('faults', () => {
  it.each([
    ['asr.failed', 'asr_failed'],
    ['asr.timeout', 'asr_failed'],
    ['model.missing', 'model_downloading'],
    ['model.not_installed', 'model_missing'],
    ['capacity.queue_timeout', 'busy'],
    ['engine.crashed', 'internal'],
  ] as const)('recognition fails with %s: an apology, and the device listens again', async (code, apology) => {
    world = createWorld();
    world.recognizer.fails = error(code);
    world.device.start();
    world.ear().hears('hello');
    await world.clock.advance(4000);
    expect(world.connection.words).toEqual(['tts:start', `say:${en(apology)}`, 'tts:stop']);
    expect(world.ear().turn).toBeDefined();
    expect(world.host.recentTurns()[0]?.record).toMatchObject({ outcome: 'failed', code });
  });

  it('the notice of a missing model is the one that was promised', () => {
    world = createWorld();
    expect(phrase('zh-CN', 'model_downloading')).toContain('语音模型还在下载，请稍等');
  });

  it('recognition that never answers', async () => {
    world = createWorld();
    world.recognizer.hangs = true;
    world.device.start();
    world.ear().hears('hello');
    await world.clock.advance(25_000);
    expect(world.connection.words).toEqual(['tts:start', `say:${en('asr_failed')}`, 'tts:stop']);
    expect(world.recognizer.pending).toBe(0);
  });

  it('the end of push to talk that never arrives', async () => {
    world = createWorld();
    world.device.start('manual');
    world.ear().starts();
    world.ear().atFinish = undefined;
    world.device.stop();
    await world.clock.advance(25_000);
    expect(world.connection.words).toEqual(['tts:start', `say:${en('asr_failed')}`, 'tts:stop']);
  });

  it('the listening process dies in mid-utterance: an apology; before one: nothing', async () => {
    world = createWorld();
    world.device.start();
    world.ear().lost();
    expect(world.ear().turn).toBeDefined();
    world.ear().starts();
    world.ear().lost();
    await world.clock.advance(3000);
    expect(world.connection.words).toEqual(['tts:start', `say:${en('internal')}`, 'tts:stop']);
    expect(world.ear().turn).toBeDefined();
  });

  it.each([['llm.no_key', 'llm_no_key'], ['llm.rate_limited', 'llm_rate_limited'], ['llm.timeout', 'llm_timeout'], ['llm.unreachable', 'llm_unreachable']] as const)(
    'the model fails with %s before a word',
    async (code, apology) => {
      world = createWorld();
      world.conversation.failsAfter = { sentences: 0, error: error(code) };
      world.device.start();
      world.ear().hears('hello');
      await world.clock.advance(4000);
      expect(world.connection.words).toEqual(['stt:hello', 'tts:start', `say:${en(apology)}`, 'tts:stop']);
      expect(world.conversation.history).toEqual([{ user: 'hello', reply: '' }]);
    },
  );

  it('the model breaks off: what it said is heard and kept, then the apology', async () => {
    world = createWorld();
    world.conversation.failsAfter = { sentences: 1, error: error('llm.unreachable') };
    world.device.start();
    world.ear().hears('hello');
    await world.clock.advance(5000);
    expect(world.connection.words).toEqual(['stt:hello', 'tts:start', 'llm:happy', 'say:One.', `say:${en('llm_unreachable')}`, 'tts:stop']);
    expect(world.conversation.history).toEqual([{ user: 'hello', reply: 'One.' }]);
  });

  it('a voice that fails is excused by the phrase cache', async () => {
    world = createWorld();
    world.speaking.fails = (text) => (text === 'Two.' ? error('tts.failed') : undefined);
    world.device.start();
    world.ear().hears('hello');
    await world.clock.advance(5000);
    expect(world.connection.words).toEqual(['stt:hello', 'tts:start', 'llm:happy', 'say:One.', `say:${en('internal')}`, 'tts:stop']);
    expect(world.host.recentTurns()[0]?.record).toMatchObject({ outcome: 'failed', code: 'tts.failed' });
  });

  it('a voice that fails altogether: start, stop, and listening again', async () => {
    world = createWorld();
    world.speaking.fails = () => error('tts.failed');
    world.device.start();
    world.ear().hears('hello');
    await world.clock.advance(5000);
    expect(world.connection.words).toEqual(['stt:hello', 'tts:start', 'llm:happy', 'tts:stop']);
    expect(world.ear().turn).toBeDefined();
  });

  it('a voice that hangs does not keep the device in speaking for ever', async () => {
    world = createWorld();
    world.speaking.hangs = true;
    world.device.start();
    world.ear().hears('hello');
    await world.clock.advance(50_000);
    expect(world.connection.words).toEqual(['stt:hello', 'tts:start', 'llm:happy', 'tts:stop']);
    expect(world.ear().turn).toBeDefined();
  });

  it.each([0, 5, 40, 80, 100, 150, 200, 300, 600, 900, 1400, 1500, 1600, 1700])('58: the device goes away %i ms after it spoke: nothing is left', async (ms) => {
    world = createWorld();
    world.device.start('realtime');
    world.ear().hears('hello');
    await world.clock.advance(ms);
    world.connection.lose();
    await world.clock.advance(0);
    expect(() => assertNothingLeft(world)).not.toThrow();
    expect(world.ear().closed).toBe(true);
  });

  it('the server dies under the session: the device is told, nothing is left', async () => {
    await answered();
    await world.scope.close('end');
    expect(world.connection.closedFor).toBeDefined();
    expect(world.clock.pending).toBe(0);
    expect(world.speaking.open).toBe(0);
  });
});
