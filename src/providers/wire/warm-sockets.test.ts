import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { Scope } from '../../core/index.js';
import type { ConnectionListener, ServiceConnection } from './connection.js';
import { WarmSockets } from './warm-sockets.js';

let clock: FakeClock;
let scope: Scope;
let sockets: WarmSockets;
let opened: FakeConnection[];

class FakeConnection implements ServiceConnection {
  readonly buffered = 0;
  ended = false;
  on: ConnectionListener | undefined;
  send(): void {}
  pause(): void {}
  resume(): void {}
  terminate(): void {
    this.ended = true;
  }
  listen(on: ConnectionListener): void {
    this.on = on;
  }
}

const take = (key = 'a'): Promise<ServiceConnection> =>
  sockets.take(key, () => {
    opened.push(new FakeConnection());
    return Promise.resolve(opened.at(-1)!);
  });

beforeEach(() => {
  clock = new FakeClock();
  scope = new Scope('test', () => undefined);
  sockets = new WarmSockets(clock, scope);
  opened = [];
});

describe('a connection whose task has ended', () => {
  it('serves the next task of its key, one at a time', async () => {
    const first = await take();
    sockets.keep('a', first);
    expect(await take()).toBe(first);
    expect(await take()).toBe(opened[1]);
    sockets.keep('a', first);
    expect(await take('b')).toBe(opened[2]);
    expect(await take('a')).toBe(first);
  });

  it('is closed after a while, and with its owner', async () => {
    sockets.keep('a', await take());
    await clock.advance(49_000);
    expect(opened[0]?.ended).toBe(false);
    await clock.advance(2_000);
    expect(opened[0]?.ended).toBe(true);
    sockets.keep('a', await take());
    await scope.close();
    expect(opened[1]?.ended).toBe(true);
    // If the task of a socket ends after the owner has ended, the socket is closed too.
    sockets.keep('a', await take());
    expect(opened[2]?.ended).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('is not reused if the service closes it, or sends another message', async () => {
    sockets.keep('a', await take());
    opened[0]?.on?.closed('1000', true);
    sockets.keep('a', await take());
    opened[1]?.on?.message('late');
    expect(opened[1]?.ended).toBe(true);
    expect(await take()).toBe(opened[2]);
    expect(clock.pending).toBe(0);
  });

  it('is not kept if there are many others', async () => {
    const many = await Promise.all(Array.from({ length: 6 }, () => take()));
    for (const one of many) sockets.keep('a', one);
    expect(opened.filter(({ ended }) => ended)).toHaveLength(2);
  });
});
