import { describe, expect, it } from 'vitest';
import { noMetrics, silentLogger } from '../../core/index.js';
import { Connections } from '../transport/connections.js';
import { DeviceControl, type DeviceControlOptions } from './device-control.js';

const DEVICE = '02:00:00:00:00:01';

function world(database: (event: (what: string) => void, come: (name: string) => void) => Promise<boolean>) {
  const events: string[] = [];
  const event = (what: string): void => void events.push(what);
  const connections = new Connections(noMetrics);
  /** The session ends in a microtask after the close, like a real session. */
  const come = (name: string): void => {
    let open = true;
    const close = (reason: string): void => {
      if (!open) return;
      open = false;
      event(`${name} closed: ${reason}`);
      queueMicrotask(() => event(`last turn of ${name}`));
    };
    connections.add(DEVICE, { close } as never);
  };
  const store = { forget: () => database(event, come) } as unknown as DeviceControlOptions['store'];
  const control = new DeviceControl({
    store,
    connections,
    pairing: undefined as never,
    onForget: () => event('memory cleared'),
    log: silentLogger,
  });
  come('first');
  return { control, events };
}

describe('forgetting a device', () => {
  it('closes the connection and drops the last turn first, and again if a connection came meanwhile', async () => {
    const { control, events } = world(async (event, come) => {
      event('database begins');
      come('second');
      await Promise.resolve();
      event('database ends');
      return true;
    });
    expect(await control.forget(DEVICE)).toBe(true);
    expect(events).toEqual([
      'first closed: forgotten',
      'last turn of first',
      'memory cleared',
      'database begins',
      'database ends',
      'second closed: forgotten',
      'last turn of second',
      'memory cleared',
    ]);
  });

  it('ends the connection even if the database is lost', async () => {
    const { control, events } = world(() => Promise.reject(new Error('lost')));
    await expect(control.forget(DEVICE)).rejects.toThrow('lost');
    expect(events).toEqual(['first closed: forgotten', 'last turn of first', 'memory cleared']);
  });
});
