import { describe, expect, it } from 'vitest';
import type { SoundQueue } from '../../src/speech/speaking/speaking-port.js';
import { createWorld, endWorld, type World } from './turn-world.js';

const ID = 'aa:bb:cc:dd:ee:ff';
const SOUNDS: SoundQueue = { next: () => Promise.resolve(undefined), stopped: () => undefined };

/** A device that asked for music, which would play for a long time. */
async function playing(
  mode: 'auto' | 'realtime' = 'auto',
  options: Parameters<typeof createWorld>[0] = {},
): Promise<World> {
  const world = createWorld(options);
  world.conversation.sentences = ['Playing.'];
  world.conversation.plays = SOUNDS;
  world.device.start(mode);
  world.stream().hears('play some music');
  await world.clock.advance(5000);
  return world;
}

describe('music', () => {
  it('plays after the answer, takes no place from a device that talks, and is not ended as idle', async () => {
    const world = await playing();
    expect(world.speaking.replies.at(-1)?.played).toEqual([SOUNDS]);
    expect(world.host.talking()).toBe(0);
    await world.clock.advance(600_000);
    expect(world.connection.closedFor).toBeUndefined();
    expect(world.connection.words.filter((word) => word === 'tts:stop')).toEqual([]);
    await endWorld(world);
  });

  it('continues after an answer; if the answer is a question, once the user has had time to reply', async () => {
    const world = await playing('realtime');
    const plays = (): boolean => world.speaking.replies.at(-1)?.played.includes(SOUNDS) === true;
    const hears = async (text: string): Promise<void> => {
      world.stream().bargesIn();
      await world.clock.advance(300);
      world.stream().piece(text);
      world.stream().ended();
      await world.clock.advance(4000);
    };
    world.conversation.resumes = true;
    world.conversation.sentences = ['It is five.'];
    await hears('what time is it now');
    expect(plays()).toBe(true);
    world.conversation.sentences = ['In which city?'];
    await hears('what is the weather like');
    expect(plays()).toBe(false);
    await world.clock.advance(8000);
    expect(plays()).toBe(true);
    await hears('what is the weather like');
    // This request interrupts a question, not the music, and wants silence. The music must not continue by itself after
    // it.
    world.conversation.plays = undefined;
    world.conversation.silence = true;
    world.conversation.sentences = ['OK.'];
    await hears('stop the music please');
    await world.clock.advance(20_000);
    expect(plays()).toBe(false);
    expect(world.connection.words.at(-1)).toBe('tts:stop');
    await endWorld(world);
  });

  it('ends at once when the user presses the button or says the wake word', async () => {
    const world = await playing();
    const before = world.connection.packets;
    world.device.abort();
    await world.clock.advance(300);
    expect(world.connection.words.at(-1)).toBe('tts:stop');
    expect(world.connection.packets).toBe(before);
    await endWorld(world);
  });

  it('is interrupted by a due reminder, and by the end of the server', async () => {
    const world = await playing();
    world.host.notify(ID, { id: 'a', text: () => 'Tea.', urgent: false });
    await world.clock.advance(500);
    expect(world.connection.words.at(-1)).toBe('say:Tea.');
    await endWorld(world);
    const other = await playing();
    const drained = other.host.drain(new AbortController().signal);
    await other.clock.advance(2000);
    expect(await drained).toBe(0);
  });
});

/** How the voice sounds in a word of a third of a second, at the person's usual level. */
const SHORT = { speechMs: 330, levelDb: -30, probability: 0.9 };

const COMMANDS = {
  'en-US': ['Stop.', 'Pause.', 'Next.', 'Previous.', 'Louder.', 'Volume up.', 'Mute.', 'Continue.', "What's this?"],
  'zh-CN': ['停。', '停下。', '暂停。', '下一首。', '上一首。', '大声点。', '小声一点。', '静音。', '这是什么？'],
};

describe.each(Object.entries(COMMANDS))('over music in realtime mode, in %s', (language, commands) => {
  describe.each([1, 4])('with %d words that interrupt an answer', (interruptWords) => {
    it.each(commands)('"%s" stops it within 300 ms of the words, and gets an answer', async (words) => {
      const world = await playing('realtime', { language, rules: { interruptWords } });
      const music = world.speaking.replies.at(-1)!;
      const stream = world.stream();
      stream.bargesIn();
      stream.starts();
      await world.clock.advance(200);
      expect([music.held, music.over]).toEqual([true, false]);
      stream.piece(words, false, SHORT);
      await world.clock.advance(300);
      expect(music.over).toBe(true);
      expect(stream.playing).toBe(false);
      expect(world.connection.words.at(-1)).toBe('tts:stop');
      stream.ended();
      await world.clock.advance(2000);
      expect(world.conversation.asked).toEqual(['play some music', words]);
      await endWorld(world);
    });
  });
});

describe.each([
  ['en-US', ['Yeah.', 'Mm hmm.', 'Bright.', 'La la.', '']],
  ['zh-CN', ['嗯。', '好的。', '啦啦。', '哈。', '']],
])('music in realtime mode, in %s', (language, sounds) => {
  it.each(sounds)('is not stopped by "%s"', async (words) => {
    const world = await playing('realtime', { language });
    const music = world.speaking.replies.at(-1)!;
    const stream = world.stream();
    stream.bargesIn();
    stream.starts();
    await world.clock.advance(200);
    expect(music.held).toBe(true);
    stream.piece(words, false, SHORT);
    stream.ended();
    await world.clock.advance(3000);
    expect([music.held, music.over]).toEqual([false, false]);
    expect(world.conversation.asked).toEqual(['play some music']);
    await endWorld(world);
  });
});
