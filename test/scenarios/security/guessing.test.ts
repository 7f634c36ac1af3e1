import { Agent, request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { SignInLimit } from '../../../src/admin/sign-in-limit.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { PASSWORD, startServer, type Harness } from '../conformance/harness.js';
import { Browser, codeOf } from './browser.js';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

describe('guessing the password', () => {
  it('2,000 guesses from 200 addresses: only a few are checked, and earlier users can still sign in', async () => {
    const running = await startServer({ kindOf: () => 'private' });
    harness = running;
    const owner = new Browser(running, undefined, '127.0.0.1');
    expect((await owner.signIn()).status).toBe(200);
    const agents = Array.from({ length: 200 }, (_, index) => ({
      agent: new Agent({ keepAlive: true, maxSockets: 1 }),
      from: `127.0.1.${index + 1}`,
    }));
    const guess = (index: number, password: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const { agent, from } = agents[index % agents.length] ?? { agent: undefined, from: '127.0.0.9' };
        const body = JSON.stringify({ password });
        const asked = request(
          {
            host: '127.0.0.1',
            port: running.port,
            method: 'POST',
            path: '/api/v1/session',
            localAddress: from,
            agent,
            headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
          },
          (response) => {
            response.resume();
            response.once('end', () => resolve(response.statusCode ?? 0));
          },
        );
        asked.once('error', (error: NodeJS.ErrnoException) => {
          // The server had just closed the connection that was kept open, so it did not get this guess.
          if (asked.reusedSocket && error.code === 'ECONNRESET') resolve(guess(index, password));
          else reject(error);
        });
        asked.end(body);
      });
    const statuses = new Map<number, number>();
    for (let done = 0; done < 2000; done += 200) {
      // The last guesses are right, but by then none is checked any more.
      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, index) => guess(index, done < 1800 ? `guess ${done + index}` : PASSWORD)),
      );
      for (const status of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    for (const { agent } of agents) agent.destroy();
    expect([...statuses.keys()].toSorted((a, b) => a - b)).toEqual([401, 429]);
    // 20 guesses at once are checked, and then 6 a minute for as long as the test runs.
    expect(statuses.get(401)).toBeLessThan(60);
    expect((await owner.signIn()).status).toBe(200);
    const limited = await new Browser(running, undefined, '127.0.1.7').signIn();
    expect([codeOf(limited), Number(limited.headers['retry-after']) > 0]).toEqual(['auth.rate_limited', true]);
  }, 60_000);

  it('guessers cannot lock out a browser with an earlier sign-in, even after a restart or from elsewhere', async () => {
    const before = await startServer({ kindOf: () => 'public' });
    harness = before;
    const owner = new Browser(before);
    await owner.signIn();
    const known = owner.known ?? '';
    expect(known).toMatch(/^chorus_browser=[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/);
    await before.close();
    const running = await startServer({ kindOf: () => 'public', localToken: before.localToken });
    harness = running;
    for (let guesses = 0; guesses < 20; guesses++)
      expect((await new Browser(running, undefined, `127.0.3.${guesses + 1}`).signIn('guess')).status).toBe(401);
    const from = (cookie?: string): Browser => {
      const browser = new Browser(running, undefined, '127.0.4.1');
      browser.known = cookie;
      return browser;
    };
    const forged = known.replace(/=./, (start) => (start === '=A' ? '=B' : '=A'));
    for (const cookie of [undefined, forged, `${known}; ${known}`])
      expect(codeOf(await from(cookie).signIn())).toBe('auth.rate_limited');
    expect((await from(known).signIn()).status).toBe(200);
    // The browser's own guesses are limited, too.
    const statuses: number[] = [];
    for (let guesses = 0; guesses < 7; guesses++) statuses.push((await from(known).signIn('guess')).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429]);
  });

  it('of 10,000 guesses in an hour, from one address or from 10,000, at most 380 are checked', async () => {
    for (const sources of [1, 10_000]) {
      const clock = new FakeClock();
      const limit = new SignInLimit(clock);
      let lookedAt = 0;
      for (let guesses = 0; guesses < 10_000; guesses++) {
        if (limit.begin(`source ${guesses % sources}`) === 0) lookedAt += 1;
        await clock.advance(360);
      }
      expect(lookedAt).toBeLessThanOrEqual(sources === 1 ? 20 : 20 + 360);
    }
  });

  it('one source: five free attempts, then doubling waits up to 15 minutes, reset by the right password', async () => {
    const clock = new FakeClock();
    const limit = new SignInLimit(clock);
    const waits: number[] = [];
    for (let guesses = 1; guesses <= 18; guesses++) {
      expect(limit.begin('a')).toBe(0);
      if (guesses > 5) waits.push(limit.begin('a'));
      // The pause is long enough for the total limit, too.
      await clock.advance(Math.max(waits.at(-1) ?? 0, 10_000));
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900].map((seconds) => seconds * 1000));
    limit.succeeded('a');
    expect(limit.begin('a')).toBe(0);
    expect(limit.begin('a')).toBe(0);
  });

  it('a thousand simultaneous guesses count as a thousand', () => {
    const limit = new SignInLimit(new FakeClock());
    expect(Array.from({ length: 1000 }, () => limit.begin('a')).filter((waitMs) => waitMs === 0)).toHaveLength(6);
    expect(
      Array.from({ length: 1000 }, (_, source) => limit.begin(`b${source}`)).filter((waitMs) => waitMs === 0),
    ).toHaveLength(14);
  });
});
