import { describe, expect, it } from 'vitest';
import type { SoundQueue } from '../../src/speech/speaking/speaking-port.js';
import { createWorld, endWorld, type World } from './turn-world.js';

const ID = 'aa:bb:cc:dd:ee:ff';
const SOUNDS: SoundQueue = { next: () => Promise.resolve(undefined), stopped: () => undefined };

/** A world in which a device asked for music, which would go on for long. */
async function playing(): Promise<World> {
  const world = createWorld();
  world.conversation.sentences = ['Playing.'];
  world.conversation.plays = SOUNDS;
  world.device.start();
  world.stream().hears('play some music');
  await world.clock.advance(5000);
  return world;
}

describe('music', () => {
  it('is played after the answer, holds no place among those who talk, and no idle time ends it', async () => {
    const world = await playing();
    expect(world.speaking.replies.at(-1)?.played).toEqual([SOUNDS]);
    expect(world.host.talking()).toBe(0);
    await world.clock.advance(600_000);
    expect(world.connection.closedFor).toBeUndefined();
    expect(world.connection.words.filter((word) => word === 'tts:stop')).toEqual([]);
    await endWorld(world);
  });

  it('ends at once with the button or the wake word', async () => {
    const world = await playing();
    const before = world.connection.packets;
    world.device.abort();
    await world.clock.advance(300);
    expect(world.connection.words.at(-1)).toBe('tts:stop');
    expect(world.connection.packets).toBe(before);
    await endWorld(world);
  });

  it('is interrupted by a reminder that is due, and by the end of the server', async () => {
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
