import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/fakes/fake-clock.js';
import { Circuit, type CircuitCall } from './circuit.js';

function circuit() {
  const clock = new FakeClock();
  const changes: boolean[] = [];
  const it = new Circuit({ failures: 3, openMs: 30_000, clock, onChange: (open) => changes.push(open) });
  const enter = (): CircuitCall => {
    const call = it.enter();
    if (call === undefined) throw new Error('it is open');
    return call;
  };
  const fails = (times: number): void => {
    for (let i = 0; i < times; i++) enter().failed();
  };
  return { it, clock, changes, enter, fails };
}

describe('a circuit', () => {
  it('opens after consecutive failures only: a success starts the count again', () => {
    const { it, changes, enter, fails } = circuit();
    fails(2);
    enter().succeeded();
    fails(2);
    expect(it.enter()).toBeDefined();
    fails(1);
    expect(it.enter()).toBeUndefined();
    expect(changes).toEqual([true]);
  });

  it('tests with one call after the pause: a success closes it, a failure opens it again', async () => {
    const { it, clock, changes, enter, fails } = circuit();
    fails(3);
    await clock.advance(29_999);
    expect(it.enter()).toBeUndefined();
    await clock.advance(1);
    const probe = enter();
    expect(it.enter()).toBeUndefined();
    probe.failed();
    await clock.advance(29_999);
    expect(it.enter()).toBeUndefined();
    await clock.advance(1);
    enter().succeeded();
    expect(it.enter()).toBeDefined();
    expect(changes).toEqual([true, false]);
  });

  it('ignores a released call, and lets the next one through', async () => {
    const { it, clock, enter, fails } = circuit();
    fails(2);
    enter().released();
    expect(it.enter()).toBeDefined();
    fails(1);
    await clock.advance(30_000);
    enter().released();
    enter().failed();
    expect(it.enter()).toBeUndefined();
  });

  it('counts only the first result of a call', () => {
    const { it, enter, fails } = circuit();
    fails(2);
    const call = enter();
    call.succeeded();
    call.failed();
    call.released();
    fails(2);
    expect(it.enter()).toBeDefined();
  });

  it('closes if a call that began before the opening succeeds', () => {
    const { it, enter, fails } = circuit();
    const slow = enter();
    fails(3);
    slow.succeeded();
    expect(it.enter()).toBeDefined();
  });
});
