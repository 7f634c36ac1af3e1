import { afterEach, describe, expect, it } from 'vitest';
import { sleep, type Clock, type LogFields, type Logger } from '../../src/core/index.js';
import { phrase } from '../../src/conversation/session/index.js';
import { noTools } from '../../src/conversation/tools/index.js';
import { mayCall, type Agent } from '../../src/records/index.js';
import { createWorld, endWorld, type World } from './turn-world.js';

const AGENT: Agent = {
  id: 'pirate',
  name: 'Pirate',
  language: 'zh-CN',
  voice: 'parrot',
  greeting: '啊哈！',
  farewell: '扬帆！',
  exitWords: ['上岸'],
  tools: ['self_light_*'],
};
let world: World;
afterEach(() => endWorld(world));

/** A world whose database takes `ms` milliseconds to find the agent. */
function slowly(ms: number, agent: Agent | undefined = AGENT, more: Parameters<typeof createWorld>[0] = {}): World {
  const late = new Promise<Clock>((resolve) => queueMicrotask(() => resolve(world.clock)));
  return createWorld({
    agentOf: async () => {
      await sleep(await late, ms, new AbortController().signal);
      return agent;
    },
    ...more,
  });
}

describe('an agent from a database that takes 200 ms', () => {
  it('sets language, voice, silence and words of the conversation; none of the device’s input is lost', async () => {
    const asked: string[] = [];
    const endpoint = {
      initialSilenceMs: ({ language }: { readonly language: string }) => (asked.push(language), 700),
      requiredSilenceMs: () => 400,
      ownPauseAfter: () => 0,
    };
    world = slowly(200, AGENT, { endpoint });
    const { device, clock, connection, speaking, recognizer } = world;
    device.wake();
    device.start();
    const packet = Uint8Array.of(1, 2, 3);
    for (let n = 0; n < 5; n++) world.handle.onAudio(packet);
    await clock.advance(199);
    expect(world.listening.streams).toEqual([]);
    await clock.advance(1);
    expect(world.stream().turns).toHaveLength(1);
    expect(world.stream().pushed).toBe(5);
    expect(asked).toEqual(['zh-CN']);
    world.stream().silent(400);
    await clock.advance(3000);
    expect(connection.words).toEqual(['tts:start', 'say:啊哈！', 'tts:stop']);
    expect(speaking.replies[0]?.options).toMatchObject({ language: 'zh-CN', voice: 'parrot' });
    world.stream().hears('再见');
    await clock.advance(5000);
    expect(recognizer.requests.at(-1)).toMatchObject({ language: 'zh-CN' });
    // The agent has other exit words, so the usual ones do not end the conversation.
    expect(connection.closedFor).toBeUndefined();
    world.stream().hears('上岸');
    await clock.advance(5000);
    expect(connection.words.slice(-3)).toEqual(['tts:start', 'say:扬帆！', 'tts:stop']);
    expect(connection.closedFor).toBeDefined();
    expect(world.host.recentTurns().map(({ language }) => language)).toEqual(['zh-CN', 'zh-CN']);
  });

  it('lets the device disconnect before the agent is known, and lets a drain end', async () => {
    world = slowly(200);
    world.device.start();
    world.connection.lose();
    await world.clock.advance(500);
    expect(world.host.sessions()).toBe(0);
    await world.host.drain(new AbortController().signal);
  });

  it('is told that the server ends, although the conversation has not begun', async () => {
    world = slowly(200);
    const stop = new AbortController();
    const drained = world.host.drain(stop.signal);
    stop.abort();
    expect(await drained).toBe(1);
    expect(world.connection.closedFor).toBe('session');
    await world.clock.advance(500);
  });

  it('begins, and is drained, if the server stops meanwhile', async () => {
    world = slowly(200);
    const drained = world.host.drain(new AbortController().signal);
    await world.clock.advance(1000);
    expect(await drained).toBe(0);
    expect(world.connection.closedFor).toBe('draining');
  });

  it('closes the connection of a device that floods meanwhile', async () => {
    world = slowly(200);
    for (let n = 0; n < 1001; n++) world.handle.onAudio(Uint8Array.of(1));
    expect(world.connection.closedFor).toBe('too much before the session began');
    await world.clock.advance(500);
  });
});

describe('an agent that cannot be determined', () => {
  const logged: LogFields[] = [];
  const log: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (_message, fields = {}) => void logged.push(fields),
    error: () => undefined,
    child: () => log,
  };

  it.each([
    ['the database fails', () => Promise.reject(new Error('gone'))],
    ['the database never answers', () => new Promise<never>(() => undefined)],
  ])('%s: the configuration applies, and the log says so', async (_name, agentOf) => {
    logged.length = 0;
    world = createWorld({ agentOf, log });
    world.device.wake();
    world.device.start();
    await world.clock.advance(2000);
    world.stream().silent(400);
    await world.clock.advance(3000);
    expect(world.connection.words).toEqual(['tts:start', `say:${phrase('en-US', 'greeting')}`, 'tts:stop']);
    expect(logged).toEqual([expect.objectContaining({ deviceId: 'aa:bb:cc:dd:ee:ff', code: 'store.failed' })]);
  });
});

it('opens tools for the agent, in its language', async () => {
  const opened: unknown[] = [];
  world = slowly(200, AGENT, {
    tools: ({ identity: { language } }, agent) => {
      opened.push({ language, agent });
      return { toolbox: noTools, onMessage: () => undefined };
    },
  });
  await world.clock.advance(200);
  expect(opened).toEqual([{ language: 'zh-CN', agent: AGENT }]);
});

it.each([
  [undefined, 'anything', true],
  [[], 'anything', false],
  [['self_reboot'], 'self_reboot', true],
  [['self_reboot'], 'self_reboot_now', false],
  [['self_light_*'], 'self_light_on', true],
])('an agent with the tools %j may call %s: %s', (tools, name, may) => {
  world = createWorld();
  expect(mayCall({ tools }, name)).toBe(may);
});
