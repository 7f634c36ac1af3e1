import { afterEach, describe, expect, it } from 'vitest';
import { createEndpointPolicy } from '../../src/speech/listening/index.js';
import { FakeConnection, identityOf } from '../fakes/fake-connection.js';
import { createWorld, endWorld, type World } from './turn-world.js';

let world: World;

afterEach(() => endWorld(world));

const near = { speechMs: 800, levelDb: -25, probability: 0.95 };
const far = { ...near, levelDb: -50 };
const HOUR_MS = 3_600_000;

/** Connects this device or another one, and so begins a new conversation. */
function connect(deviceId?: string): (message: Parameters<World['handle']['onMessage']>[0]) => void {
  const connection = new FakeConnection(world.clock, identityOf(deviceId === undefined ? {} : { deviceId }));
  const handle = world.host.accept(connection);
  connection.onClose = () => handle.onClosed();
  connections.push(connection);
  return (message) => handle.onMessage(message);
}
let connections: FakeConnection[];

/** A person pauses for a second within a sentence and is then answered. After that the connection ends. */
async function talked(): Promise<void> {
  connections = [];
  world = createWorld({ endpoint: createEndpointPolicy({ patience: 'normal' }) });
  world.device.start('auto');
  world.stream().starts();
  world.stream().piece('Turn on the.', false, near);
  await world.clock.advance(100);
  const room = world.stream().silenceMs ?? 0;
  await world.clock.advance(room + 400);
  world.stream().resumes();
  world.stream().piece('Turn on the light.', false, near);
  world.stream().ended();
  await world.clock.advance(5000);
  world.connection.lose();
  await world.clock.advance(0);
}

async function startsAgain(deviceId?: string): Promise<number | undefined> {
  connect(deviceId)({ type: 'listen', state: 'start', mode: 'auto' });
  await world.clock.advance(0);
  return world.stream().turn?.endpointSilenceMs;
}

const lost = async (): Promise<void> => {
  for (const connection of connections) connection.lose();
  await world.clock.advance(0);
};

describe('learned habits of the person at a device', () => {
  it('are still known when the device connects again within some hours', async () => {
    await talked();
    const usual = createEndpointPolicy({ patience: 'normal' }).initialSilenceMs({ language: 'en-US' });
    expect(await startsAgain()).toBeGreaterThan(usual);
    // Talk from far away is not answered, even if it is the first thing said in a conversation.
    world.stream().hears('and now the news', far);
    await world.clock.advance(5000);
    expect(world.conversation.asked).toEqual(['Turn on the light.']);
    await lost();
    await world.clock.advance(7 * HOUR_MS);
    expect(await startsAgain()).toBe(usual);
    world.stream().hears('and now the news', far);
    await world.clock.advance(5000);
    expect(world.conversation.asked).toHaveLength(2);
    await lost();
  });

  it('do not apply to another device, and are deleted with the device', async () => {
    await talked();
    const usual = createEndpointPolicy({ patience: 'normal' }).initialSilenceMs({ language: 'en-US' });
    expect(await startsAgain('another')).toBe(usual);
    await lost();
    world.host.forget(identityOf().deviceId);
    expect(await startsAgain()).toBe(usual);
    await lost();
  });
});
