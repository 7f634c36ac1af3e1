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

describe('the end of a conversation', () => {
  it.each([
    ['goodbye!', 'en-US'],
    ['Bye bye.', 'en-US'],
    ['再见。', 'zh-CN'],
    ['退 出', 'zh-CN'],
  ])('%s: the device says goodbye, and then the socket is closed', async (words, language) => {
    world = createWorld({ language });
    world.device.start();
    world.stream().hears(words);
    await world.clock.advance(3000);
    expect(world.connection.words.slice(1)).toEqual(['tts:start', `say:${phrase(language, 'farewell')}`, 'tts:stop']);
    expect(world.connection.closedFor).toBe('farewell');
    expect(world.conversation.asked).toEqual([]);
  });

  it('is not caused by exit words within a sentence', async () => {
    world = createWorld();
    world.device.start();
    world.stream().hears('how do I say goodbye in French');
    await world.clock.advance(300);
    expect(world.conversation.asked).toHaveLength(1);
  });

  it('comes after 70 s of silence, with a farewell at 60 s, although the device listens again', async () => {
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

  it('is called off if a word follows the farewell', async () => {
    world = createWorld();
    world.device.start();
    await world.clock.advance(63_000);
    world.device.start();
    world.stream().hears('wait');
    await world.clock.advance(30_000);
    expect(world.connection.closedFor).toBeUndefined();
    expect(world.conversation.asked).toEqual(['wait']);
  });

  it('comes at 70 s without a farewell if nobody ever spoke', async () => {
    world = createWorld();
    await world.clock.advance(71_000);
    expect(world.connection.closedFor).toBe('idle');
    expect(world.connection.words).toEqual([]);
  });

  it('is not put off by noise, and the device gets data at least every 120 s (28)', async () => {
    world = createWorld();
    world.device.start();
    for (let second = 0; second < 200 && world.connection.closedFor === undefined; second++) {
      const stream = world.stream();
      const listens = stream.turn !== undefined;
      if (!listens && !world.connection.speaking) world.device.start();
      else if (listens && second % 3 === 0) stream.starts();
      else if (listens && second % 3 === 2) {
        stream.piece('');
        stream.ended();
      }
      await world.clock.advance(1000);
    }
    expect(world.connection.closedFor).toBe('idle');
    const times = [0, ...world.connection.sent.map((sent) => sent.atMs), world.clock.nowMs()];
    const gaps = times.slice(1).map((atMs, i) => atMs - (times[i] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(100_000);
  });
});

describe('admission to a turn', () => {
  it('is refused if the server is full, within 1 s, spoken and on screen; then the connection closes', async () => {
    world = createWorld({ maxTalking: 1 });
    const permit = world.admission.tryAdmit('other');
    world.device.start();
    world.stream().hears('hello');
    // Since the last word, 600 ms have already passed, so 400 ms of the second are left.
    await world.clock.advance(10);
    expect(world.connection.words.slice(0, 2)).toEqual(['alert', 'tts:start']);
    await world.clock.advance(300);
    expect(world.connection.words).toContain(`say:${en('busy')}`);
    expect(world.recognizer.requests).toEqual([]);
    await world.clock.advance(3000);
    expect(world.connection.words).toEqual(['alert', 'tts:start', `say:${en('busy')}`, 'tts:stop']);
    expect(world.connection.closedFor).toBe('busy');
    permit?.release();
    world.admission.release('other');
  });

  it('waits for up to 3 s without a message if this is configured; the turn continues when there is room', async () => {
    world = createWorld({ maxTalking: 1, rules: { admissionWaitMs: 3000 } });
    const permit = world.admission.tryAdmit('other');
    world.device.start();
    world.stream().hears('hello');
    await world.clock.advance(2000);
    expect(world.connection.words).toEqual([]);
    expect(world.recognizer.requests).toEqual([]);
    permit?.release();
    await world.clock.advance(3000);
    expect(world.conversation.asked).toEqual(['hello']);
    expect(world.host.recentTurns()[0]?.stagesMs.admission).toBe(2000);
    world.admission.release('other');
  });

  it('is given back if there was only noise', async () => {
    world = createWorld();
    world.device.start();
    world.stream().starts();
    await world.clock.advance(10);
    expect(world.host.talking()).toBe(1);
    world.stream().ended(0);
    expect(world.host.talking()).toBe(0);
  });
});

describe('drain', () => {
  it('lets a running reply finish, then closes; admits no device', async () => {
    await answered();
    const drained = world.host.drain(new AbortController().signal);
    await world.clock.advance(5000);
    expect(await drained).toBe(0);
    expect(world.connection.words.at(-2)).toBe('say:Two.');
    expect(world.connection.closedFor).toBe('draining');
    const late = createWorld();
    const handle = world.host.accept(late.connection);
    expect(late.connection.closedFor).toBe('draining');
    handle.onMessage({ type: 'abort' });
    late.connection.lose();
  });

  it('answers users who speak or have just begun, and then closes', async () => {
    for (const beginsAfterMs of [0, 300]) {
      world = createWorld();
      world.device.start();
      if (beginsAfterMs === 0) world.stream().starts();
      const drained = world.host.drain(new AbortController().signal);
      await world.clock.advance(300);
      expect(world.connection.closedFor).toBeUndefined();
      if (beginsAfterMs > 0) world.stream().starts();
      await world.clock.advance(3000);
      expect(world.connection.closedFor).toBeUndefined();
      world.stream().hears('how are you');
      await world.clock.advance(5000);
      expect(await drained).toBe(0);
      expect(world.connection.words).toContain('say:Two.');
      expect(world.connection.closedFor).toBe('draining');
    }
  });

  it('does not wait for a silent user, or endlessly for one who never stops', async () => {
    world = createWorld();
    world.device.start();
    const drained = world.host.drain(new AbortController().signal);
    await world.clock.advance(510);
    expect(await drained).toBe(0);
    world = createWorld();
    world.device.start();
    world.stream().starts();
    const other = world.host.drain(new AbortController().signal);
    await world.clock.advance(15_600);
    expect(await other).toBe(0);
    expect(world.connection.closedFor).toBe('draining');
  });

  it('has a time limit for running replies', async () => {
    world = createWorld();
    world.speaking.hangs = true;
    world.device.start();
    world.stream().hears('hello');
    await world.clock.advance(500);
    const enough = new AbortController();
    const drained = world.host.drain(enough.signal);
    await world.clock.advance(2100);
    expect(world.connection.closedFor).toBeUndefined();
    enough.abort();
    expect(await drained).toBe(1);
    expect(world.connection.closedFor).toBeDefined();
  });
});
