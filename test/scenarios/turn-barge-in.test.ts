import { afterEach, describe, expect, it } from 'vitest';
import { createAnsweredWorld, createWorld, endWorld, type World } from './turn-world.js';

let world: World;

afterEach(() => endWorld(world));

async function answered(...options: Parameters<typeof createAnsweredWorld>): Promise<World> {
  world = await createAnsweredWorld(...options);
  return world;
}

describe('barge-in', () => {
  const over = ['stt:how are you', 'tts:start', 'llm:happy', 'say:One.', 'tts:stop'];

  it('a click stops the answer at once, and a second click changes nothing (51, 52, 53, 54)', async () => {
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
    expect(world.stream().turn).toBeDefined();
  });

  it('a click right after tts start: the stop comes in another tick, within 100 ms', async () => {
    world = createWorld();
    world.device.start('manual');
    world.stream().atFinish = 'how are you';
    world.device.stop();
    await world.clock.advance(80);
    expect(world.connection.words).toEqual(['stt:how are you', 'tts:start']);
    world.device.abort();
    expect(world.connection.speaking).toBe(true);
    await world.clock.advance(100);
    expect(world.connection.words).toEqual(['stt:how are you', 'tts:start', 'tts:stop']);
    await world.clock.advance(3000);
    expect(world.connection.words).toHaveLength(3);
  });

  it('a click during the generation of the text: no part of that turn is sent (52)', async () => {
    world = createWorld();
    world.device.start();
    world.stream().hears('never mind');
    await world.clock.advance(20);
    world.device.abort();
    await world.clock.advance(3000);
    expect(world.connection.words).toEqual([]);
    expect(world.stream().turn).toBeDefined();
  });

  it('press to talk stops the answer and begins a turn', async () => {
    await answered({}, 'manual');
    world.device.abort();
    world.device.start('manual');
    world.stream().atFinish = 'something else';
    await world.clock.advance(500);
    world.device.stop();
    await world.clock.advance(5000);
    expect(world.connection.words).toEqual([
      ...over,
      'stt:something else',
      'tts:start',
      'llm:happy',
      'say:One.',
      'say:Two.',
      'tts:stop',
    ]);
  });

  it('press to talk works without a preceding abort (39)', async () => {
    await answered({}, 'manual');
    const { packets } = world.connection;
    world.device.start('manual');
    await world.clock.advance(3000);
    expect(world.connection.words).toEqual(over);
    expect(world.connection.packets).toBe(packets);
  });

  it('after a wake word in auto mode no old audio is sent, and the late listen start begins the turn', async () => {
    await answered();
    const { packets } = world.connection;
    world.device.abort('wake_word_detected');
    await world.clock.advance(2600);
    world.device.start();
    world.stream().silent(400);
    await world.clock.advance(1000);
    expect(world.connection.words).toEqual(over);
    expect(world.connection.packets).toBe(packets);
  });

  it('a wake word in realtime mode stops the answer and begins a turn', async () => {
    await answered({}, 'realtime');
    world.device.abort('wake_word_detected');
    world.device.start('realtime');
    world.stream().hears('next');
    await world.clock.advance(5000);
    expect(world.conversation.asked).toEqual(['how are you', 'next']);
    expect(world.connection.words.slice(0, 5)).toEqual(over);
  });

  it('in realtime, speech without known words stops the answer and is the next turn (54a)', async () => {
    await answered({ rules: { repairMs: 0 } }, 'realtime');
    const stream = world.stream();
    expect(stream.playing).toBe(true);
    expect(stream.references).toBe(world.connection.packets);
    const { packets } = world.connection;
    stream.bargesIn();
    await world.clock.advance(899);
    expect(world.connection.words).toEqual(over.slice(0, -1));
    await world.clock.advance(1);
    expect(stream.playing).toBe(false);
    expect(world.connection.words).toEqual([...over, 'tts:start']);
    await world.clock.advance(100);
    expect(world.connection.words).toEqual([...over, 'tts:start', 'tts:stop']);
    expect(world.connection.packets).toBe(packets);
    stream.piece('stop that');
    stream.ended();
    await world.clock.advance(5000);
    expect(world.conversation.asked).toEqual(['how are you', 'stop that']);
  });

  it.each([
    ['realtime', 6],
    ['auto', 16],
  ] as const)('in %s mode the device has at most %d packets queued, and is soon silent', async (mode, packets) => {
    await answered({}, mode);
    expect(world.speaking.replies.at(-1)?.options.sink.deviceQueueLimit).toBe(packets);
  });

  it('words stop the answer as soon as they are recognised (54a)', async () => {
    await answered({ rules: { repairMs: 0 } }, 'realtime');
    const stream = world.stream();
    const { packets } = world.connection;
    stream.bargesIn();
    stream.starts();
    await world.clock.advance(200);
    stream.piece('stop that.');
    await world.clock.advance(100);
    expect(stream.playing).toBe(false);
    expect(world.connection.packets).toBe(packets);
    stream.ended();
    await world.clock.advance(5000);
    expect(world.conversation.asked).toEqual(['how are you', 'stop that.']);
  });

  it.each([
    ['a cough', ''],
    ['a backchannel', 'Uh-huh.'],
    ['a Chinese backchannel', '嗯嗯。'],
  ])('%s pauses the answer, which continues at the same word and plays to its end', async (_what, words) => {
    await answered({}, 'realtime');
    const stream = world.stream();
    const { packets } = world.connection;
    stream.bargesIn();
    stream.starts();
    await world.clock.advance(300);
    expect(world.connection.packets).toBe(packets);
    stream.piece(words);
    await world.clock.advance(400);
    stream.ended();
    await world.clock.advance(5000);
    expect(world.connection.words).toEqual([
      'stt:how are you',
      'tts:start',
      'llm:happy',
      'say:One.',
      'say:Two.',
      'tts:stop',
    ]);
    expect(world.connection.packets).toBe(20);
    expect(world.conversation.asked).toEqual(['how are you']);
    expect(world.conversation.history).toEqual([{ user: 'how are you', reply: 'One. Two.' }]);
  });

  it.each([
    ['You got.', 420, ['how are you']],
    ['Hold on.', 420, ['how are you', 'Hold on.']],
    ['You got.', 700, ['how are you', 'You got.']],
  ])('"%s" within %d ms over an answer: asked %j', async (words, speechMs, asked) => {
    await answered({ rules: { repairMs: 0 } }, 'realtime');
    const stream = world.stream();
    stream.bargesIn();
    stream.starts();
    stream.piece(words, false, { speechMs, levelDb: -25, probability: 0.9 });
    await world.clock.advance(400);
    stream.ended();
    await world.clock.advance(5000);
    expect(world.conversation.asked).toEqual(asked);
  });

  it('a short word that ends the question is no backchannel', async () => {
    await answered({}, 'realtime');
    const stream = world.stream();
    stream.bargesIn();
    stream.starts();
    stream.piece('today', false, { speechMs: 300, levelDb: -25, probability: 0.9 });
    await world.clock.advance(400);
    stream.ended();
    await world.clock.advance(5000);
    expect(world.conversation.asked).toEqual(['how are you', 'how are you today']);
  });

  it('a backchannel that is recognised late does not stop the answer, either', async () => {
    await answered({}, 'realtime');
    const stream = world.stream();
    world.recognizer.runMs = 1600;
    stream.bargesIn();
    stream.starts();
    stream.piece('Uh-huh.');
    await world.clock.advance(300);
    stream.ended();
    await world.clock.advance(8000);
    expect(world.conversation.asked).toEqual(['how are you']);
    expect(world.connection.packets).toBe(20);
  });

  it('an answer continues after 1.5 s without recognised words, and later words still stop it', async () => {
    await answered({}, 'realtime');
    const stream = world.stream();
    world.recognizer.runMs = 3000;
    const { packets } = world.connection;
    stream.bargesIn();
    stream.starts();
    await world.clock.advance(200);
    stream.piece('stop that.');
    await world.clock.advance(1299);
    expect(world.connection.packets).toBe(packets);
    await world.clock.advance(61);
    expect(world.connection.packets).toBeGreaterThan(packets);
    stream.ended();
    await world.clock.advance(8000);
    expect(world.conversation.asked).toEqual(['how are you', 'stop that.']);
  });

  describe('a sound that continues without a pause', () => {
    /** When the listening process asks which words were spoken so far: 600, 900 and 1,200 ms after the barge-in. */
    const ASKS_MS = [600, 900, 1200];

    /** Makes a sound over the answer. `texts` are the words that are recognised in it at each ask. */
    async function goesOn(texts: readonly string[]): Promise<void> {
      world.stream().bargesIn();
      world.stream().starts();
      let atMs = 0;
      for (const [i, text] of texts.entries()) {
        const askMs = ASKS_MS[i] ?? 0;
        await world.clock.advance(askMs - atMs);
        world.stream().soFar(text);
        atMs = askMs;
      }
      await world.clock.advance(1499 - atMs);
    }

    it.each([
      ['a hum', ['', '', '']],
      ['a cry that sounds like backchannels', ['', 'Oh.', 'Uh-huh.']],
    ])('%s pauses the answer for 1.5 s, after which it continues at the same word', async (_what, texts) => {
      await answered({ rules: { repairMs: 0 } }, 'realtime');
      const { packets } = world.connection;
      await goesOn(texts);
      expect(world.connection.packets).toBe(packets);
      await world.clock.advance(61);
      expect(world.connection.packets).toBeGreaterThan(packets);
      // The answer is playing again when the sound ends.
      await world.clock.advance(500);
      world.stream().piece('');
      await world.clock.advance(500);
      world.stream().ended();
      await world.clock.advance(5000);
      expect(world.connection.packets).toBe(20);
      expect(world.conversation.asked).toEqual(['how are you']);
      expect(world.conversation.history).toEqual([{ user: 'how are you', reply: 'One. Two.' }]);
    });

    it('stops the answer as soon as words are recognised in it', async () => {
      await answered({ rules: { repairMs: 0 } }, 'realtime');
      const { packets } = world.connection;
      await goesOn(['', '', 'mmm be quiet']);
      expect(world.stream().playing).toBe(false);
      await world.clock.advance(3000);
      expect(world.connection.packets).toBe(packets);
      world.stream().piece('mmm be quiet please.');
      world.stream().ended();
      await world.clock.advance(5000);
      expect(world.conversation.asked).toEqual(['how are you', 'mmm be quiet please.']);
    });

    it('stops the answer even if its words come after the answer has continued', async () => {
      await answered({ rules: { repairMs: 0 } }, 'realtime');
      await goesOn(['', '', '']);
      await world.clock.advance(200);
      expect(world.stream().playing).toBe(true);
      world.stream().piece('now be quiet');
      await world.clock.advance(100);
      expect(world.stream().playing).toBe(false);
    });

    it('has its words recognised one request at a time; a pause drops the request', async () => {
      await answered({ rules: { repairMs: 0 } }, 'realtime');
      world.recognizer.runMs = 400;
      const before = world.recognizer.requests.length;
      await goesOn(['', '', '']);
      expect(world.recognizer.requests).toHaveLength(before + 2);
      expect(world.recognizer.requests.slice(before).every(({ deadlineMs }) => deadlineMs === undefined)).toBe(true);
      expect(world.recognizer.pending).toBe(1);
      world.stream().piece('');
      await world.clock.advance(0);
      expect(world.recognizer.requests).toHaveLength(before + 3);
      expect(world.recognizer.pending).toBe(1);
    });

    it('stops the answer as usual if the machine is too busy to recognise words meanwhile', async () => {
      await answered({ rules: { repairMs: 0 } }, 'realtime');
      world.recognizer.dropsSpeculation = true;
      world.stream().bargesIn();
      world.stream().starts();
      await world.clock.advance(600);
      world.stream().soFar('');
      await world.clock.advance(299);
      expect(world.stream().playing).toBe(true);
      await world.clock.advance(1);
      expect(world.stream().playing).toBe(false);
    });

    it('stops the answer after 1.5 s if the words are never recognised', async () => {
      await answered({ rules: { repairMs: 0 } }, 'realtime');
      world.recognizer.hangs = true;
      await goesOn(['', '', '']);
      expect(world.stream().playing).toBe(true);
      await world.clock.advance(1);
      expect(world.stream().playing).toBe(false);
    });

    it('is judged after 1.5 s even if it pauses and continues', async () => {
      await answered({ rules: { repairMs: 0 } }, 'realtime');
      const { packets } = world.connection;
      world.stream().bargesIn();
      world.stream().starts();
      await world.clock.advance(600);
      world.stream().soFar('');
      await world.clock.advance(300);
      world.stream().piece('');
      await world.clock.advance(300);
      world.stream().resumes();
      await world.clock.advance(299);
      expect(world.connection.packets).toBe(packets);
      await world.clock.advance(62);
      expect(world.connection.packets).toBeGreaterThan(packets);
    });
  });

  it('needs several words, if this is configured', async () => {
    await answered({ rules: { interruptWords: 2 } }, 'realtime');
    const stream = world.stream();
    stream.bargesIn();
    stream.starts();
    await world.clock.advance(200);
    stream.piece('Stop.');
    await world.clock.advance(300);
    stream.ended();
    await world.clock.advance(5000);
    expect(world.conversation.asked).toEqual(['how are you']);
    expect(world.connection.packets).toBe(20);
  });

  it('in realtime a turn is always open, without a listen start', async () => {
    await answered({}, 'realtime');
    await world.clock.advance(5000);
    expect(world.stream().turn?.mode).toBe('realtime');
    world.stream().hears('and you');
    await world.clock.advance(5000);
    expect(world.conversation.asked).toEqual(['how are you', 'and you']);
  });

  it('in realtime, words during the generation of the answer are added to the question', async () => {
    world = createWorld();
    world.conversation.delayMs = 1000;
    world.device.start('realtime');
    world.stream().hears('what is the weather');
    await world.clock.advance(300);
    world.stream().hears('in Paris');
    await world.clock.advance(8000);
    expect(world.conversation.asked).toEqual(['what is the weather', 'what is the weather in Paris']);
    expect(world.conversation.history).toEqual([{ user: 'what is the weather in Paris', reply: 'One. Two.' }]);
  });
});
