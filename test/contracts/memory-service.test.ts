import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Mem0 } from '../../src/providers/memory/mem0/mem0.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { ScriptedHttp, type HttpScript } from '../fakes/scripted-http.js';

const FOUND: HttpScript = { status: 200, body: '{"results":[{"memory":"likes tea"}]}' };

describe('mem0', () => {
  let http: ScriptedHttp;
  let clock: FakeClock;
  let mem0: Mem0;
  const { signal } = new AbortController();

  beforeEach(async () => {
    http = await ScriptedHttp.start(FOUND);
    clock = new FakeClock();
    mem0 = new Mem0({ baseUrl: `${http.url}/`, apiKey: 'k-secret', http: { fetch }, clock });
  });
  afterEach(() => http.close());

  it('on a private server is asked with the key, and gets new memories and deletions', async () => {
    http.script(FOUND, { status: 200, body: '' }, { status: 200, body: '{}' });
    expect(await mem0.search('drink', 'u/1', signal)).toEqual(['likes tea']);
    await mem0.add([{ user: 'tea please', reply: '' }], 'u', signal);
    await mem0.forget('u/1', signal);
    expect(http.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /search',
      'POST /memories',
      'DELETE /memories?user_id=u%2F1',
    ]);
    expect(http.calls.every(({ headers }) => headers.authorization === 'Token k-secret')).toBe(true);
  });

  it.each([
    ['an error', { status: 500, body: 'boom' }, 'answered with HTTP 500'],
    ['a refused key', { status: 401, body: 'k-secret' }, 'refuses the key'],
    ['garbage', { status: 200, body: '\u0000<<' }, 'unreadable'],
    ['another shape', { status: 200, body: '{"results":7}' }, 'unreadable'],
    ['half an answer', 'cut', 'broke off'],
    ['50 MB', 'flood', 'far too much'],
  ] as const)('that answers with %s fails with a message that does not quote it', async (_what, script, words) => {
    http.script(script);
    const failure: unknown = await mem0.search('drink', 'u', signal).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'memory.failed', message: expect.stringContaining(words) as string });
    expect(String(failure)).not.toContain('k-secret');
  });

  it.each(['silent', 'drip'] as const)('that is %s is given up in time', async (script) => {
    http.script(script);
    const settled = mem0.search('drink', 'u', signal).then(
      () => undefined,
      (error: unknown) => error,
    );
    await expect.poll(() => http.open).toBe(1);
    await clock.advance(10_000);
    expect(await settled).toMatchObject({ code: 'memory.failed', message: 'mem0 did not answer in time' });
  });

  it('that asks for a pause gets no request during it', async () => {
    http.script({ status: 429, headers: { 'retry-after': '20' } }, FOUND);
    await expect(mem0.search('drink', 'u', signal)).rejects.toThrow('pause of 20 s');
    await clock.advance(19_000);
    await expect(mem0.search('drink', 'u', signal)).rejects.toThrow('pause of 1 s');
    expect(http.calls).toHaveLength(1);
    await clock.advance(1000);
    expect(await mem0.search('drink', 'u', signal)).toEqual(['likes tea']);
  });
});
