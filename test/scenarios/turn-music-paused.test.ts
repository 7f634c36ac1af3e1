import { describe, expect, it } from 'vitest';
import type { SoundQueue } from '../../src/speech/speaking/speaking-port.js';
import type { SpokenNotice } from '../../src/conversation/session/notice-port.js';
import { createWorld, endWorld, type World } from './turn-world.js';

const ID = 'aa:bb:cc:dd:ee:ff';
const SOUNDS: SoundQueue = { next: () => Promise.resolve(undefined), stopped: () => undefined };

/** A device that asked for music, which would play for a long time. */
async function playing(mode: 'auto' | 'realtime' = 'auto'): Promise<World> {
  const world = createWorld();
  world.conversation.sentences = ['Playing.'];
  world.conversation.plays = SOUNDS;
  world.device.start(mode);
  world.stream().hears('play some music');
  await world.clock.advance(5000);
  return world;
}

describe('music interrupted by a notice', () => {
  const notice = (id: string, more: Partial<SpokenNotice> = {}): SpokenNotice => ({
    id,
    text: () => `Notice ${id}.`,
    urgent: false,
    ...more,
  });
  const saysOf = (world: World): string[] => world.connection.words.filter((word) => /^(say|tts|stt)/.test(word));
  const plays = ({ speaking }: World): boolean => {
    const reply = speaking.replies.at(-1);
    return reply?.over === false && reply.played.includes(SOUNDS);
  };
  /** Lets the user speak over the device, in realtime mode. */
  const hears = async (world: World, text: string): Promise<void> => {
    world.stream().bargesIn();
    await world.clock.advance(300);
    world.stream().piece(text);
    world.stream().ended();
    await world.clock.advance(3000);
  };

  it.each([
    ['a reminder or a message', {}],
    ['an urgent message', { urgent: true }],
  ])('continues after %s, without a stop in between, and again after the next one', async (_name, more) => {
    const world = await playing();
    const before = saysOf(world).length;
    world.host.notify(ID, notice('a', more));
    await world.clock.advance(400);
    expect(plays(world)).toBe(false);
    world.host.notify(ID, notice('b', more));
    await world.clock.advance(3000);
    expect(saysOf(world).slice(before)).toEqual(['say:Notice a.', 'say:Notice b.']);
    expect(plays(world)).toBe(true);
    expect(world.speaking.replies.at(-1)?.said).toEqual([]);
    expect(world.host.talking()).toBe(0);
    world.host.notify(ID, notice('c', more));
    await world.clock.advance(3000);
    expect(saysOf(world).at(-1)).toBe('say:Notice c.');
    expect(plays(world)).toBe(true);
    await endWorld(world);
  });

  it('continues even if it had not begun yet', async () => {
    const world = createWorld();
    world.conversation.sentences = ['Playing.'];
    world.conversation.plays = SOUNDS;
    world.device.start();
    world.stream().hears('play some music');
    await world.clock.advance(600);
    world.host.notify(ID, notice('now', { urgent: true }));
    await world.clock.advance(4000);
    expect(plays(world)).toBe(true);
    await endWorld(world);
  });

  it('waits for the answer to a question, and continues after it or without one', async () => {
    const world = await playing();
    world.host.notify(ID, notice('q', { answerMs: 20_000 }));
    await world.clock.advance(5000);
    expect(saysOf(world).at(-1)).toBe('tts:stop');
    expect(world.stream().turn).toBeDefined();
    world.conversation.plays = undefined;
    world.conversation.sentences = ['Thanks.'];
    world.stream().hears('at seven');
    await world.clock.advance(4000);
    expect(world.conversation.asked.at(-1)).toBe('at seven');
    expect(plays(world)).toBe(true);

    world.host.notify(ID, notice('r', { answerMs: 20_000 }));
    await world.clock.advance(18_000);
    expect(plays(world)).toBe(false);
    await world.clock.advance(4000);
    expect(plays(world)).toBe(true);
    await endWorld(world);
  });

  it('continues after the button has stopped the notice and the user had time to speak', async () => {
    const world = await playing();
    world.host.notify(ID, notice('a'));
    await world.clock.advance(400);
    world.device.abort();
    world.device.start();
    await world.clock.advance(7000);
    expect(plays(world)).toBe(false);
    await world.clock.advance(2000);
    expect(plays(world)).toBe(true);
    // If the button stops the music itself, the music ends.
    world.device.abort();
    world.device.start();
    await world.clock.advance(30_000);
    expect(plays(world)).toBe(false);
    await endWorld(world);
  });

  it('waits after the button has stopped a question of an answer, because the user wants to speak', async () => {
    const world = await playing('realtime');
    world.conversation.resumes = true;
    world.conversation.sentences = ['In which city shall I look for the weather, in Berlin or in Hamburg?'];
    world.stream().bargesIn();
    await world.clock.advance(300);
    world.stream().piece('what is the weather like');
    world.stream().ended();
    await world.clock.advance(1000);
    world.device.abort();
    world.device.start('realtime');
    await world.clock.advance(7000);
    expect(plays(world)).toBe(false);
    await world.clock.advance(2000);
    expect(plays(world)).toBe(true);
    await endWorld(world);
  });

  it('continues at once after "stop" over the notice, without a request to the model', async () => {
    const world = await playing('realtime');
    world.host.notify(ID, notice('a'));
    await world.clock.advance(400);
    const { length } = world.conversation.asked;
    await hears(world, 'Stop!');
    expect(world.conversation.asked).toHaveLength(length);
    expect(saysOf(world)).toContain('stt:Stop!');
    expect(plays(world)).toBe(true);
    await endWorld(world);
  });

  it('does not begin after "stop" if none played', async () => {
    const world = createWorld();
    world.device.start('realtime');
    await world.clock.advance(2000);
    world.host.notify(ID, notice('a'));
    await world.clock.advance(400);
    await hears(world, 'stop');
    await world.clock.advance(20_000);
    expect(world.conversation.asked).toEqual([]);
    expect(world.speaking.replies.flatMap(({ played }) => played)).toEqual([]);
    expect(world.stream().turn).toBeDefined();
    // Once the music has ended, the same word goes to the assistant.
    world.stream().hears('stop');
    await world.clock.advance(3000);
    expect(world.conversation.asked).toEqual(['stop']);
    await endWorld(world);
  });

  it('is replaced by other music, and ends with the conversation', async () => {
    const other: SoundQueue = { next: () => Promise.resolve(undefined), stopped: () => undefined };
    const world = await playing('realtime');
    world.host.notify(ID, notice('a'));
    await world.clock.advance(400);
    world.conversation.plays = other;
    await hears(world, 'play something else');
    await world.clock.advance(5000);
    expect(world.speaking.replies.at(-1)?.played).toEqual([other]);
    world.host.notify(ID, notice('b'));
    await world.clock.advance(400);
    await hears(world, 'goodbye');
    await world.clock.advance(10_000);
    expect(world.connection.closedFor).toBeDefined();
    await endWorld(world);
  });
});
