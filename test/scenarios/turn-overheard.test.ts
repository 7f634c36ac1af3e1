import { afterEach, describe, expect, it } from 'vitest';
import { CountingMetrics } from '../fakes/counting-metrics.js';
import { createWorld, endWorld, type World } from './turn-world.js';

let world: World;
let metrics: CountingMetrics;

afterEach(() => endWorld(world));

const ID = 'aa:bb:cc:dd:ee:ff';
const near = { speechMs: 800, levelDb: -25, probability: 0.95 };
const far = { ...near, levelDb: -43 };
const weak = { speechMs: 220, levelDb: -30, probability: 0.6 };
const counted = (): unknown => metrics.of('chorus_overheard_total');

/** A device in auto mode that was asked a question and has given the whole answer. */
async function talked(options: Parameters<typeof createWorld>[0] = {}): Promise<World> {
  metrics = new CountingMetrics();
  world = createWorld({ metrics, ...options });
  world.device.start('auto');
  world.stream().hears('how are you', near);
  await world.clock.advance(5000);
  listen();
  return world;
}

function listen(): void {
  world.device.start('auto');
}

describe('speech that is not for the device', () => {
  it.each([
    ['talk in the background', 'and the news', far, 'background'],
    ['noise recognised as a word', 'Yeah.', weak, 'noise'],
    ['text in the script of another language', '시청해 주셔서 감사합니다', near, 'language'],
  ] as const)('%s gets no answer, and is counted', async (_what, text, voice, reason) => {
    const { conversation, connection } = await talked();
    const before = connection.words.length;
    world.stream().hears(text, voice);
    await world.clock.advance(3000);
    expect(conversation.asked).toEqual(['how are you']);
    expect(connection.words).toHaveLength(before);
    expect(counted()).toEqual({ [reason]: 1 });
    // The device listens again.
    world.stream().hears('and you', near);
    await world.clock.advance(5000);
    expect(conversation.asked).toEqual(['how are you', 'and you']);
  });

  it('is answered if the person repeats it', async () => {
    const { conversation } = await talked();
    world.stream().hears('turn it off', far);
    await world.clock.advance(2000);
    world.stream().hears('Turn it off!', far);
    await world.clock.advance(5000);
    expect(conversation.asked).toEqual(['how are you', 'Turn it off!']);
  });

  it('is answered, however far away, before anybody has talked', async () => {
    world = createWorld();
    world.device.start('auto');
    world.stream().hears('turn it off', far);
    await world.clock.advance(5000);
    expect(world.conversation.asked).toEqual(['turn it off']);
  });

  it('is answered in push to talk, or if this is configured', async () => {
    const { conversation } = await talked({ rules: { ignoreOverheard: false } });
    world.stream().hears('and the news', far);
    await world.clock.advance(5000);
    expect(conversation.asked).toEqual(['how are you', 'and the news']);
    world.device.start('manual');
    world.stream().starts();
    world.stream().piece('시청해', true, near);
    world.stream().ended(1, 'stopped');
    await world.clock.advance(5000);
    expect(conversation.asked).toHaveLength(3);
    expect(counted()).toEqual({});
  });

  it('a person who talks from farther away is accepted again after one louder or repeated sentence', async () => {
    const { conversation } = await talked();
    for (let i = 0; i < 6; i++) {
      world.stream().hears(`question number ${i}`, { ...near, levelDb: -27 - 3 * i });
      await world.clock.advance(5000);
      listen();
    }
    expect(conversation.asked).toHaveLength(7);
  });

  describe('speech over an answer in realtime mode', () => {
    /** A person says `words` over the answer, without a pause so far. */
    async function over(language: string, question: string, words: string, voice: typeof near): Promise<World> {
      metrics = new CountingMetrics();
      world = createWorld({ metrics, language, rules: { repairMs: 0 } });
      world.device.start('realtime');
      world.stream().hears(question, near);
      await world.clock.advance(600);
      world.stream().bargesIn();
      world.stream().starts();
      await world.clock.advance(600);
      world.stream().soFar(words, voice);
      await world.clock.advance(300);
      return world;
    }

    const LANGUAGES = [
      ['en-US', 'how are you', 'and now the news of the day from all over the country'],
      ['zh-CN', '你好吗', '下面请听今天的国内外新闻和天气预报的详细内容'],
    ] as const;
    const television = { ...near, levelDb: near.levelDb - 24 };
    const nextRoom = { ...near, levelDb: near.levelDb - 17 };

    it.each(LANGUAGES)('%s: of a television neither stops it nor gets an answer', async (language, question, words) => {
      const { conversation, connection } = await over(language, question, words, television);
      expect(world.stream().playing).toBe(true);
      world.stream().piece(words, false, television);
      await world.clock.advance(400);
      world.stream().ended();
      await world.clock.advance(8000);
      expect(connection.packets).toBe(20);
      expect(conversation.asked).toEqual([question]);
      expect(conversation.history[0]?.reply).toContain('Two.');
      expect(counted()).toEqual({ background: 1 });
    });

    it('of a television is not recognised while it continues', async () => {
      const { recognizer } = await over(...LANGUAGES[0], television);
      expect(recognizer.requests).toHaveLength(1);
    });

    it.each([
      ['en-US', 'how are you', 'and the news'],
      ['zh-CN', '你好吗', '来看新闻吧'],
    ])('%s: a few words from the next room do not stop it', async (language, question, words) => {
      await over(language, question, words, nextRoom);
      // By now, 1.5 s after the speech began, the answer continues.
      await world.clock.advance(700);
      expect(world.stream().playing).toBe(true);
      expect(world.connection.words).not.toContain('tts:stop');
    });

    it.each(LANGUAGES)('%s: the same words from near stop it', async (language, question, words) => {
      const { conversation } = await over(language, question, words, near);
      expect(world.stream().playing).toBe(false);
      world.stream().piece(words, false, near);
      world.stream().ended();
      await world.clock.advance(5000);
      expect(conversation.asked).toEqual([question, words]);
      expect(counted()).toEqual({});
    });

    it('of any level stops it if this is configured', async () => {
      metrics = new CountingMetrics();
      world = createWorld({ metrics, rules: { repairMs: 0, ignoreOverheard: false } });
      world.device.start('realtime');
      world.stream().hears('how are you', near);
      await world.clock.advance(600);
      world.stream().bargesIn();
      world.stream().starts();
      await world.clock.advance(600);
      world.stream().soFar('and the news', television);
      await world.clock.advance(200);
      expect(world.stream().playing).toBe(false);
    });
  });

  it('of the device itself neither stops it nor gets an answer', async () => {
    metrics = new CountingMetrics();
    world = createWorld({ metrics });
    world.conversation.sentences = ['The capital of France is Paris.', 'It lies on the Seine.'];
    world.device.start('realtime');
    world.stream().hears('how are you', near);
    await world.clock.advance(600);
    world.stream().bargesIn();
    world.stream().starts();
    world.stream().piece('the capital of France is Paris', false, near);
    await world.clock.advance(400);
    world.stream().ended();
    await world.clock.advance(8000);
    expect(world.conversation.asked).toEqual(['how are you']);
    expect(world.conversation.history[0]?.reply).toContain('Seine');
    expect(counted()).toEqual({ echo: 1 });
  });

  it('of the device itself does not stop a notice', async () => {
    metrics = new CountingMetrics();
    world = createWorld({ metrics });
    world.device.start('realtime');
    world.host.notify(ID, { id: 'milk', text: () => 'Remember to buy some milk on the way.', urgent: false });
    await world.clock.advance(2000);
    world.stream().bargesIn();
    world.stream().starts();
    world.stream().piece('remember to buy some milk', false, near);
    await world.clock.advance(400);
    world.stream().ended();
    await world.clock.advance(8000);
    expect(world.conversation.asked).toEqual([]);
    expect(counted()).toEqual({ echo: 1 });
  });

  it.each([
    ['a whole sentence', 3500, true],
    ['a short tail', 800, false],
  ] as const)('%s that repeats an answer that has just ended: answered %s', async (_what, speechMs, answered) => {
    metrics = new CountingMetrics();
    world = createWorld({ metrics });
    world.conversation.sentences = ['I heard: the cat sat on the mat.'];
    world.device.start('realtime');
    world.stream().hears('how are you', near);
    const stopped = (): boolean => world.connection.words.includes('tts:stop');
    for (let tries = 0; !stopped() && tries < 1000; tries++) await world.clock.advance(20);
    expect(stopped()).toBe(true);
    world.stream().starts(world.clock.nowMs());
    world.stream().piece('the cat sat on the mat', false, { ...near, speechMs });
    world.stream().ended();
    await world.clock.advance(5000);
    expect(world.conversation.asked).toHaveLength(answered ? 2 : 1);
    expect(counted()).toEqual(answered ? {} : { echo: 1 });
  });

  it('after the answer, a repetition of its words by a person gets an answer', async () => {
    metrics = new CountingMetrics();
    world = createWorld({ metrics });
    world.conversation.sentences = ['Say after me: the cat sat on the mat.'];
    world.device.start('realtime');
    world.stream().hears('how are you', near);
    await world.clock.advance(5000);
    world.stream().starts(5000);
    world.stream().piece('the cat sat on the mat', false, near);
    world.stream().ended();
    await world.clock.advance(5000);
    expect(world.conversation.asked).toEqual(['how are you', 'the cat sat on the mat']);
  });
});
