import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/fakes/fake-clock.js';
import { AdminSessions, isCsrf } from './sessions.js';

const HOUR = 3_600_000;

function world() {
  const clock = new FakeClock();
  const ended: number[] = [];
  const state = { password: 'first' };
  const sessions = new AdminSessions({ clock, stamp: () => state.password, onEnd: (id) => ended.push(id) });
  return { clock, ended, state, sessions };
}

describe('a session of the page', () => {
  it('ends 12 hours after its last use and not before, even if the machine has been up for a month', async () => {
    const { clock, ended, sessions } = world();
    await clock.advance(30 * 24 * HOUR);
    const { secret, session } = sessions.open();
    expect(session.expiresAtMs).toBe(clock.wallMs() + 12 * HOUR);
    await clock.advance(12 * HOUR - 1);
    expect(sessions.find(secret)).toMatchObject({ id: session.id, expiresAtMs: clock.wallMs() + 12 * HOUR });
    await clock.advance(12 * HOUR - 1);
    expect(sessions.isOpen(session.id)).toBe(true);
    await clock.advance(1);
    expect([sessions.isOpen(session.id), ended]).toEqual([false, []]);
    expect([sessions.find(secret), ended, sessions.size]).toEqual([undefined, [session.id], 0]);
  });

  it('ends 7 days after the sign-in, however much it is used, and reports that time in advance', async () => {
    const { clock, sessions } = world();
    const { secret } = sessions.open();
    for (let hours = 0; hours < 7 * 24 - 6; hours += 6) {
      await clock.advance(6 * HOUR);
      expect(sessions.find(secret)).toBeDefined();
    }
    expect(sessions.find(secret)?.expiresAtMs).toBe(clock.wallMs() + 6 * HOUR);
    await clock.advance(6 * HOUR - 1);
    expect(sessions.find(secret)).toBeDefined();
    await clock.advance(1);
    expect(sessions.find(secret)).toBeUndefined();
  });

  it('ends when the password under which it was opened changes, but not because of another password', () => {
    const { state, sessions, ended } = world();
    const before = sessions.open();
    state.password = 'second';
    const after = sessions.open();
    expect(ended).toEqual([before.session.id]);
    expect([sessions.find(before.secret), sessions.find(after.secret)?.id]).toEqual([undefined, after.session.id]);
  });

  it('is found only by its secret; a wrong secret has no effect', () => {
    const { sessions } = world();
    const [one, two] = [sessions.open(), sessions.open()];
    expect(one.secret).toMatch(/^[\w-]{43}$/);
    expect(new Set([one.secret, two.secret, one.session.csrf, two.session.csrf]).size).toBe(4);
    expect([sessions.find(one.secret)?.id, sessions.find(two.secret)?.id]).toEqual([one.session.id, two.session.id]);
    for (const secret of [undefined, '', 'A'.repeat(43), `${one.secret}x`, one.session.csrf])
      expect(sessions.find(secret)).toBeUndefined();
    expect([isCsrf(one.session, one.session.csrf), isCsrf(one.session, two.session.csrf)]).toEqual([true, false]);
    expect(isCsrf(one.session, undefined)).toBe(false);
  });
});

describe('isOpen', () => {
  it('is true for a session until that session ends, even if others have ended', () => {
    const { state, sessions } = world();
    const [one, two] = [sessions.open(), sessions.open()];
    sessions.close(one.session.id);
    expect([sessions.isOpen(one.session.id), sessions.isOpen(two.session.id), sessions.isOpen(99)]).toEqual([
      false,
      true,
      false,
    ]);
    state.password = 'second';
    expect(sessions.isOpen(two.session.id)).toBe(false);
  });
});

describe('the sweep', () => {
  it('ends only sessions that expired or began under another password, and reports each session once', async () => {
    const { clock, ended, state, sessions } = world();
    const idle = sessions.open();
    await clock.advance(6 * HOUR);
    const used = sessions.open();
    await clock.advance(6 * HOUR);
    expect(ended).toEqual([]);
    sessions.sweep();
    expect([ended, sessions.size]).toEqual([[idle.session.id], 1]);
    state.password = 'second';
    sessions.sweep();
    sessions.sweep();
    expect([ended, sessions.size]).toEqual([[idle.session.id, used.session.id], 0]);
  });

  it('runs before a new session is opened', async () => {
    const { clock, ended, sessions } = world();
    const { session } = sessions.open();
    await clock.advance(12 * HOUR);
    sessions.open();
    expect([ended, sessions.size]).toEqual([[session.id], 1]);
  });
});

describe('closing sessions', () => {
  it('ends only the given session', () => {
    const { ended, sessions } = world();
    const [one, two] = [sessions.open(), sessions.open()];
    sessions.close(one.session.id);
    sessions.close(one.session.id);
    expect([ended, sessions.find(one.secret), sessions.find(two.secret)?.id]).toEqual([
      [one.session.id],
      undefined,
      two.session.id,
    ]);
  });

  it('ends all sessions but the one that changed the password, which continues with the new password', () => {
    const { ended, state, sessions } = world();
    const [one, two, three] = [sessions.open(), sessions.open(), sessions.open()];
    state.password = 'second';
    sessions.closeAllBut(two.session.id);
    expect(new Set(ended)).toEqual(new Set([one.session.id, three.session.id]));
    expect(sessions.find(two.secret)?.csrf).toBe(two.session.csrf);
    sessions.closeAllBut(undefined);
    expect([sessions.find(two.secret), sessions.size]).toEqual([undefined, 0]);
  });
});

it('lets 100 browsers be signed in; one more signs out the browser that was idle longest', () => {
  const { ended, sessions } = world();
  const opened = Array.from({ length: 100 }, () => sessions.open());
  expect([sessions.size, ended]).toEqual([100, []]);
  expect(sessions.find(opened[0]?.secret)).toBeDefined();
  sessions.open();
  expect([sessions.size, ended]).toEqual([100, [opened[1]?.session.id]]);
});
