import { afterEach, describe, expect, it } from 'vitest';
import { phrase } from '../../src/conversation/session/index.js';
import { createAnsweredWorld, createWorld, endWorld, type World } from './turn-world.js';

const en = (key: Parameters<typeof phrase>[1]): string => phrase('en-US', key);
let world: World;

afterEach(() => endWorld(world));

async function answered(...options: Parameters<typeof createAnsweredWorld>): Promise<World> {
  world = await createAnsweredWorld(...options);
  return world;
}

// The numbers in parentheses are the rules in docs/protocol.md.
describe('a turn', () => {
  it('a wake word with a question right after it is one turn without a greeting (35, 37, 44)', async () => {
    world = createWorld();
    const { device, connection, clock, conversation } = world;
    device.wake();
    device.start();
    expect(world.listening.stream.turns).toHaveLength(1);
    world.stream().silent(200);
    world.stream().hears('what is the time');
    await clock.advance(5000);
    expect(connection.words).toEqual([
      'stt:what is the time',
      'tts:start',
      'llm:happy',
      'say:One.',
      'say:Two.',
      'tts:stop',
    ]);
    expect(connection.packets).toBe(20);
    expect(conversation.history).toEqual([{ user: 'what is the time', reply: 'One. Two.' }]);
    expect(world.host.recentTurns()).toMatchObject([
      { outcome: 'answered', mode: 'auto', stagesMs: { endpoint: 600 } },
    ]);
    // A device that gets `tts start` and `tts stop` together sends no new listen start, so the server must listen
    // without one.
    expect(world.stream().turn).toMatchObject({ turnId: 3, mode: 'auto' });
  });

  it('can be typed: listen detect with words other than a wake word, and without a listen start', async () => {
    world = createWorld({ rules: { wakeWords: ['你好小智'] } });
    const { device, connection, clock, conversation, recognizer } = world;
    device.types('你好小智');
    await clock.advance(1000);
    expect(connection.words).toEqual([]);
    device.types('what is the time');
    await clock.advance(5000);
    expect(connection.words).toEqual([
      'stt:what is the time',
      'tts:start',
      'llm:happy',
      'say:One.',
      'say:Two.',
      'tts:stop',
    ]);
    expect(conversation.history).toEqual([{ user: 'what is the time', reply: 'One. Two.' }]);
    expect(recognizer.pending).toBe(0);
    // What is typed during an answer becomes the next question.
    device.types('and now');
    await clock.advance(500);
    device.types('no, that');
    await clock.advance(5000);
    expect(conversation.history.map(({ user }) => user)).toEqual(['what is the time', 'and now', 'no, that']);
  });

  it('is announced to the language model when a person begins to speak, even during an answer', async () => {
    world = await createAnsweredWorld({}, 'realtime');
    const { conversation } = world;
    expect(conversation.expected).toBe(1);
    world.stream().bargesIn();
    expect(conversation.expected).toBe(2);
    world.stream().piece('and now');
    world.stream().ended();
    await world.clock.advance(5000);
    expect(conversation.expected).toBe(2);
  });

  it('a wake word without a question is greeted after 400 ms of sound', async () => {
    world = createWorld();
    world.device.wake();
    world.device.start();
    world.stream().silent(200);
    expect(world.connection.words).toEqual([]);
    world.stream().silent(400);
    await world.clock.advance(3000);
    expect(world.connection.words).toEqual(['tts:start', `say:${en('greeting')}`, 'tts:stop']);
    expect(world.stream().turn).toBeDefined();
    // A listen start is greeted only after a wake word (36).
    world.device.start();
    world.stream().silent(800);
    expect(world.connection.words).toHaveLength(3);
  });

  it('in realtime the greeting ends when the user speaks', async () => {
    world = createWorld();
    world.device.wake();
    world.device.start('realtime');
    world.stream().silent(400);
    await world.clock.advance(50);
    world.stream().starts();
    await world.clock.advance(2000);
    expect(world.connection.words).toEqual(['tts:start', 'tts:stop']);
    expect(world.connection.packets).toBe(0);
    world.stream().piece('hello');
    world.stream().ended();
    await world.clock.advance(5000);
    expect(world.conversation.asked).toEqual(['hello']);
  });

  it('push to talk ends the utterance at listen stop, and the device is idle after the answer (38)', async () => {
    world = createWorld();
    const { device, connection, clock } = world;
    device.start('manual');
    world.stream().starts();
    await clock.advance(2000);
    world.stream().atFinish = 'tell me more';
    device.stop();
    device.stop();
    await clock.advance(5000);
    expect(connection.words).toEqual([
      'stt:tell me more',
      'tts:start',
      'llm:happy',
      'say:One.',
      'say:Two.',
      'tts:stop',
    ]);
    expect(world.stream().turn).toBeUndefined();
  });

  it('tts start comes with the text, and tts stop 120 ms after the end of playback (push to talk)', async () => {
    await answered({}, 'manual');
    const { connection, clock } = world;
    await clock.advance(5000);
    expect(connection.timeOf('tts:start')).toBe(connection.timeOf('stt:how are you'));
    const lastPacketMs = connection.sent.findLast((sent) => 'packet' in sent)?.atMs ?? 0;
    expect(connection.timeOf('tts:stop')).toBe(lastPacketMs + 60 + 120);
  });

  it.each([
    ['at once', 0, 0, 120],
    ['late, because the process was busy after the decision', 0, 30, 120],
    ['late, and the voice is even slower: there is no further wait', 400, 30, 500],
  ])(
    'tts start is sent %s: the first packet keeps its distance from the sending',
    async (_, voiceMs, busyMs, gapMs) => {
      world = createWorld();
      const { clock, connection, speaking } = world;
      speaking.synthesisMs = voiceMs;
      connection.onSent = ({ type }) => {
        if (type === 'stt') clock.pass(busyMs);
      };
      world.device.start('manual');
      world.stream().hears('how are you');
      await clock.advance(5000);
      const first = connection.sent.find((sent) => 'packet' in sent);
      expect((first?.atMs ?? 0) - connection.timeOf('tts:start')).toBe(gapMs);
    },
  );

  it('if nobody spoke, the server says nothing, and the user can speak again (43)', async () => {
    world = createWorld();
    world.device.start();
    world.stream().ended(0);
    expect(world.stream().turn).toMatchObject({ turnId: 2 });
    world.stream().hears('');
    await world.clock.advance(1000);
    expect(world.stream().turn).toMatchObject({ turnId: 3 });
    expect(world.connection.words).toEqual([]);
  });

  it('push to talk without speech, for example a short tap, is answered with "not understood" at once', async () => {
    world = createWorld();
    world.device.start('manual');
    world.device.stop();
    await world.clock.advance(3000);
    expect(world.connection.words).toEqual(['tts:start', `say:${en('not_understood')}`, 'tts:stop']);
    expect(world.stream().turn).toBeUndefined();
    expect(world.host.recentTurns()[0]?.outcome).toBe('not_understood');
  });

  it('push to talk without recognised words is answered with "not understood"', async () => {
    world = createWorld();
    world.device.start('manual');
    world.stream().atFinish = ' ';
    world.device.stop();
    await world.clock.advance(3000);
    expect(world.connection.words).toEqual(['tts:start', `say:${en('not_understood')}`, 'tts:stop']);
    expect(world.host.recentTurns()[0]?.outcome).toBe('not_understood');
  });

  it('two listen starts in a row are one turn (40)', async () => {
    world = createWorld();
    world.device.start();
    world.stream().starts();
    world.stream().piece('old words');
    world.device.start();
    world.stream().hears('new words');
    await world.clock.advance(4000);
    expect(world.conversation.asked).toEqual(['new words']);
  });

  it('a long utterance is the sum of its pieces', async () => {
    world = createWorld();
    world.device.start();
    world.stream().starts();
    world.stream().piece('first part', true);
    await world.clock.advance(300);
    world.stream().piece('second part');
    world.stream().ended(2);
    await world.clock.advance(300);
    expect(world.conversation.asked).toEqual(['first part second part']);
  });

  it('a filler phrase breaks a long silence and is not in the history', async () => {
    world = createWorld();
    world.conversation.delayMs = 4000;
    world.conversation.sentences = ['Done.'];
    world.device.start();
    world.stream().hears('what is it');
    await world.clock.advance(10_000);
    expect(world.connection.words).toEqual([
      'stt:what is it',
      'tts:start',
      `say:${en('filler')}`,
      'llm:happy',
      'say:Done.',
      'tts:stop',
    ]);
    expect(world.conversation.history).toEqual([{ user: 'what is it', reply: 'Done.' }]);
  });

  it.each([
    ['turn on the light', 'one_moment'],
    ['Can you turn it on?', 'one_moment'],
    ['Why is it dark?', 'filler'],
  ] as const)('the filler phrase fits the question: %s', async (text, key) => {
    world = createWorld();
    world.conversation.delayMs = 2000;
    world.device.start();
    world.stream().hears(text);
    await world.clock.advance(1900);
    expect(world.connection.words).toEqual([`stt:${text}`, 'tts:start', `say:${en(key)}`]);
  });

  it('the filler is a soft tone if this is configured, and the tone is no part of the answer', async () => {
    world = createWorld({ rules: { hintTone: true } });
    world.conversation.delayMs = 2000;
    world.device.start();
    world.stream().hears('why');
    await world.clock.advance(1900);
    expect(world.connection.words).toEqual(['stt:why', 'tts:start', 'say:♪']);
    await world.clock.advance(9000);
    expect(world.conversation.history).toEqual([{ user: 'why', reply: 'One. Two.' }]);
  });

  it('a second filler follows if the answer takes very long; none if fillers are off', async () => {
    world = createWorld();
    world.conversation.delayMs = 40_000;
    world.device.start();
    world.stream().hears('why');
    await world.clock.advance(39_000);
    expect(world.speaking.replies.at(-1)?.said).toEqual([en('filler'), en('one_moment')]);
    world.connection.lose();
    world = createWorld({ rules: { fillerAfterMs: 0 } });
    world.conversation.delayMs = 12_000;
    world.device.start();
    world.stream().hears('why');
    await world.clock.advance(11_000);
    expect(world.speaking.replies.at(-1)?.said).toEqual([]);
  });
});

describe('speculation', () => {
  it('decodes at the pause, adapts the endpoint, and has the text when the turn ends', async () => {
    world = createWorld();
    world.device.start();
    world.stream().starts();
    await world.clock.advance(10);
    world.stream().piece('I am done.');
    expect(world.recognizer.requests).toMatchObject([{ deadlineMs: undefined }]);
    await world.clock.advance(200);
    expect(world.stream().silenceMs).toBe(400);
    world.stream().ended();
    expect(world.connection.words).toEqual(['stt:I am done.']);
    await world.clock.advance(100);
    expect(world.connection.words).toEqual(['stt:I am done.', 'tts:start', 'llm:happy']);
    expect(world.recognizer.requests).toHaveLength(1);
  });

  it('discards the decoded text if speech continues', async () => {
    world = createWorld();
    world.device.start();
    world.stream().starts();
    await world.clock.advance(10);
    world.stream().piece('I am.');
    await world.clock.advance(200);
    world.stream().resumes();
    expect(world.stream().silenceMs).toBe(700);
    world.stream().piece('I am not done');
    world.stream().ended();
    await world.clock.advance(300);
    expect(world.conversation.asked).toEqual(['I am not done']);
  });

  it('keeps the text of a piece that ended at a good place to cut', async () => {
    world = createWorld();
    world.device.start();
    world.stream().starts();
    await world.clock.advance(10);
    world.stream().piece('I have a long story to tell,');
    await world.clock.advance(200);
    world.stream().resumes(true);
    world.stream().piece('and it is over.');
    world.stream().ended();
    await world.clock.advance(300);
    expect(world.recognizer.requests).toHaveLength(2);
    expect(world.conversation.asked).toEqual(['I have a long story to tell, and it is over.']);
  });

  it('asks again, with a deadline, if no slot was idle', async () => {
    world = createWorld();
    world.recognizer.dropsSpeculation = true;
    world.device.start();
    world.stream().starts();
    await world.clock.advance(10);
    world.stream().piece('hello there');
    await world.clock.advance(100);
    world.stream().ended();
    await world.clock.advance(100);
    expect(world.recognizer.requests.map((request) => request.deadlineMs)).toEqual([undefined, 410]);
    expect(world.conversation.asked).toEqual(['hello there']);
  });
});
