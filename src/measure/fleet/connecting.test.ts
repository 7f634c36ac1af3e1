import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../../test/fakes/fake-clock.js';
import { ChorusError } from '../../core/index.js';
import type { ChannelOptions, DeviceChannel } from './channel.js';
import { Connecting } from './connecting.js';
import { fleetIdentity } from './identity.js';
import { SimulatedDevice } from './simulated-device.js';

interface Line {
  readonly atMs: number;
  /** Types of the device's messages, and the state of a `listen`. */
  readonly said: string[];
  dropped: boolean;
  /** Sends the 101 response and nothing else. */
  open(): void;
  hello(): void;
  refuse(): void;
  close(): void;
}

let clock: FakeClock;
let controller: AbortController;
let lines: Line[];
let device: SimulatedDevice;
let connecting: Connecting;
beforeEach(() => {
  clock = new FakeClock();
  controller = new AbortController();
  lines = [];
  pickUp();
});
afterEach(() => {
  connecting.close();
  expect(clock.pending, 'timers left behind').toBe(0);
  expect(getEventListeners(controller.signal, 'abort'), 'listeners left behind').toEqual([]);
});

function pickUp({ pushToTalk = false, booted = true } = {}): void {
  device = new SimulatedDevice({
    otaUrl: 'memory:',
    identity: fleetIdentity(0, 'en-US'),
    clock,
    microphone: { say: () => undefined, frame: () => Uint8Array.of(0x58), close: () => undefined },
    openChannel: (options) => channelTo(options),
    onEvent: (event) => connecting.event(event),
  });
  if (booted) device.useAddress('memory:', '');
  connecting = new Connecting(device, { clock, pushToTalk });
}

function channelTo({ onOpen, onText, onClosed }: ChannelOptions): DeviceChannel {
  const line: Line = {
    atMs: clock.nowMs(),
    said: [],
    dropped: false,
    open: onOpen,
    hello: () => {
      if (line.said.length === 0) onOpen();
      onText(JSON.stringify({ type: 'hello', transport: 'websocket', session_id: 's' }));
    },
    refuse: () => onClosed(new ChorusError('device.refused', 'the server answered 503')),
    close: () => onClosed(undefined),
  };
  lines.push(line);
  return {
    sendText: (text) => {
      const { type, state, mode } = JSON.parse(text) as {
        readonly type: string;
        readonly state?: string;
        readonly mode?: string;
      };
      line.said.push([type, state, mode].filter((word) => word !== undefined).join(' '));
    },
    sendBinary: () => undefined,
    drop: () => void (line.dropped = true),
    stall: () => undefined,
    resume: () => undefined,
  };
}

function connect(untilMs = Infinity): { tries?: number; error?: unknown } {
  const outcome: { tries?: number; error?: unknown } = {};
  connecting.connect(untilMs, controller.signal).then(
    (tries) => (outcome.tries = tries),
    (error: unknown) => (outcome.error = error),
  );
  return outcome;
}

const last = (): Line => lines.at(-1)!;
const known = (): object => ({
  connections: connecting.connections,
  lost: connecting.lost,
  helloMs: connecting.helloMs,
  lastHelloMs: connecting.lastHelloMs,
});

async function connected(helloMs = 100): Promise<void> {
  const outcome = connect();
  await clock.advance(helloMs);
  last().hello();
  await settle();
  expect(outcome).toEqual({ tries: 1 });
}

describe('getting a connection', () => {
  it("takes one press when the server answers, and ends with the server's hello", async () => {
    const outcome = connect();
    expect(known()).toEqual({ connections: 0, lost: 0, helloMs: undefined, lastHelloMs: undefined });
    await clock.advance(300);
    last().open();
    await clock.advance(40);
    expect(outcome).toEqual({});
    last().hello();
    await settle();
    expect(outcome).toEqual({ tries: 1 });
    expect(known()).toEqual({ connections: 1, lost: 0, helloMs: 340, lastHelloMs: 340 });
    expect(device.state).toBe('listening');
    expect(last().said.slice(-1)).toEqual(['listen start auto']);
  });

  it('presses the button again two seconds after a failed press, and times only the successful press', async () => {
    const outcome = connect();
    await clock.advance(500);
    last().refuse();
    await clock.advance(1999);
    expect(lines).toHaveLength(1);
    await clock.advance(1);
    last().close();
    await clock.advance(2000);
    expect(lines.map(({ atMs }) => atMs)).toEqual([0, 2500, 4500]);
    expect(outcome).toEqual({});
    await clock.advance(150);
    last().hello();
    await settle();
    expect(outcome).toEqual({ tries: 3 });
    // An attempt that never became a connection does not count as lost.
    expect(known()).toEqual({ connections: 1, lost: 0, helloMs: 150, lastHelloMs: 150 });
  });

  it('gives up when there is no time for another press, and reports the number of presses', async () => {
    const exact = connect(4000);
    for (let press = 0; press < 3; press++) {
      await clock.advance(press === 0 ? 0 : 2000);
      expect(exact).toEqual({});
      last().refuse();
    }
    await settle();
    expect(exact).toEqual({ tries: 3 });
    const short = connect(clock.nowMs() + 1999);
    last().refuse();
    await settle();
    expect(short).toEqual({ tries: 1 });
    await clock.advance(10_000);
    expect(lines).toHaveLength(4);
    expect(known()).toEqual({ connections: 0, lost: 0, helloMs: undefined, lastHelloMs: undefined });
  });

  it('tries exactly once, and to the end, when the time is already up', async () => {
    await clock.advance(5000);
    const outcome = connect(1000);
    await clock.advance(3000);
    last().hello();
    await settle();
    expect(outcome).toEqual({ tries: 1 });
    expect(known()).toMatchObject({ connections: 1, helloMs: 3000 });
  });

  it('fails without a hello, because the device gives up; no connection is lost', async () => {
    const outcome = connect(0);
    last().open();
    await clock.advance(9999);
    expect(outcome).toEqual({});
    await clock.advance(1);
    expect(outcome).toEqual({ tries: 1 });
    expect(last().dropped).toBe(true);
    expect(known()).toMatchObject({ connections: 0, lost: 0 });
  });

  it('fails in the press itself when the device knows no address', async () => {
    pickUp({ booted: false });
    const outcome = connect(2000);
    await clock.advance(2000);
    expect(outcome).toEqual({ tries: 2 });
    expect(lines).toEqual([]);
    expect(known()).toMatchObject({ connections: 0, lost: 0 });
  });

  it('leaves a push-to-talk device connected while nobody talks', async () => {
    pickUp({ pushToTalk: true });
    const outcome = connect();
    last().refuse();
    await clock.advance(2000);
    last().hello();
    await settle();
    expect(outcome).toEqual({ tries: 2 });
    expect(last().said).toEqual(['hello', 'listen start manual', 'listen stop']);
    expect([device.state, device.model.connected]).toEqual(['idle', true]);
    expect(known()).toMatchObject({ connections: 1, lost: 0 });
  });
});

describe('outcomes of the connections', () => {
  it('counts a connection that the server closes as lost, and times the next one separately', async () => {
    await connected(340);
    last().close();
    expect(known()).toEqual({ connections: 1, lost: 1, helloMs: 340, lastHelloMs: undefined });
    await connected(120);
    expect(known()).toEqual({ connections: 2, lost: 1, helloMs: 340, lastHelloMs: 120 });
    last().close();
    expect(known()).toMatchObject({ connections: 2, lost: 2 });
  });

  it('does not count a connection that the person ends as lost, and starts a new count with the next', async () => {
    await connected();
    connecting.hangUp();
    expect(last().dropped).toBe(true);
    expect(known()).toMatchObject({ connections: 1, lost: 0, lastHelloMs: undefined });
    connecting.hangUp();
    await connected();
    last().close();
    expect(known()).toMatchObject({ connections: 2, lost: 1 });
  });

  it('does not count a connection as lost when the device stops, whether open or opening', async () => {
    await connected();
    connecting.close();
    connecting.close();
    expect([last().dropped, connecting.lost]).toEqual([true, 0]);
    pickUp();
    connect();
    connecting.close();
    expect([last().dropped, connecting.lost]).toEqual([true, 0]);
    controller.abort(new Error('over'));
    await settle();
  });

  it('counts one connection, however often somebody talks on it', async () => {
    pickUp({ pushToTalk: true });
    await connected(100);
    await clock.advance(700);
    device.press();
    expect(device.state).toBe('listening');
    device.release();
    expect(known()).toEqual({ connections: 1, lost: 0, helloMs: 100, lastHelloMs: 100 });
    last().close();
    expect(known()).toMatchObject({ connections: 1, lost: 1 });
  });
});

describe('a person who is told to stop', () => {
  const stop = new Error('over');

  it('does not begin', async () => {
    controller.abort(stop);
    const outcome = connect();
    await settle();
    expect(outcome).toEqual({ error: stop });
    expect(lines).toEqual([]);
  });

  it('stops waiting for a hello', async () => {
    const outcome = connect();
    await clock.advance(100);
    controller.abort(stop);
    await settle();
    expect(outcome).toEqual({ error: stop });
    last().refuse();
    await clock.advance(10_000);
    expect(lines).toHaveLength(1);
  });

  it('does not press again', async () => {
    const outcome = connect();
    last().refuse();
    await clock.advance(1000);
    controller.abort(stop);
    await settle();
    expect(outcome).toEqual({ error: stop });
    await clock.advance(10_000);
    expect(lines).toHaveLength(1);
  });

  it('reports the stop and not a failed connection when the device stops with the same reason', async () => {
    controller.signal.addEventListener('abort', () => connecting.close(), { once: true });
    const outcome = connect(0);
    controller.abort(stop);
    await settle();
    expect(outcome).toEqual({ error: stop });
  });
});
