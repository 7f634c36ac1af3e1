import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Api, ApiError } from './api.js';

interface Asked {
  readonly url: string;
  readonly init: RequestInit;
}

/** A client whose requests get these answers, in order. */
function against(
  answers: readonly (Response | Error)[],
  language: 'en' | 'zh' = 'en',
): { readonly api: Api; readonly asked: Asked[]; readonly signedOut: () => number } {
  const asked: Asked[] = [];
  let out = 0;
  const rest = [...answers];
  const api = new Api({
    language: () => language,
    onSignedOut: () => (out += 1),
    fetch: async (url, init = {}) => {
      asked.push({ url: typeof url === 'string' ? url : 'not a text', init });
      const answer = rest.shift();
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error('nothing more was expected');
      return answer;
    },
  });
  return { api, asked, signedOut: () => out };
}

const SESSION = {
  signedIn: true,
  csrf: 'secret-of-the-session',
  passwordSet: true,
  passwordFixed: false,
  language: 'en',
};

describe('the client of the admin API', () => {
  it('sends the secret of the session with every change, and only with changes', async () => {
    const { api, asked } = against(
      [Response.json(SESSION), Response.json({ devices: [] }), Response.json({ device: { deviceId: 'a' } })],
      'zh',
    );
    await api.signIn('correct horse');
    await api.devices();
    await api.pair('123456');
    expect(asked.map(({ url, init }) => [init.method, url])).toEqual([
      ['POST', '/api/v1/session'],
      ['GET', '/api/v1/devices'],
      ['POST', '/api/v1/pairing'],
    ]);
    const headers = asked.map(({ init }) => init.headers as Record<string, string>);
    expect(headers.map((one) => one['x-chorus-csrf'])).toEqual([undefined, undefined, 'secret-of-the-session']);
    expect(headers.map((one) => one['accept-language'])).toEqual(['zh', 'zh', 'zh']);
    expect(asked.every(({ init }) => init.credentials === 'same-origin')).toBe(true);
  });

  it('asks for the secret again if another tab has signed in since, and repeats the change once', async () => {
    const refused = (): Response =>
      Response.json({ error: { code: 'admin.cross_site', message: 'no' } }, { status: 403 });
    const next = { ...SESSION, csrf: 'secret-of-the-next-session' };
    const { api, asked } = against([Response.json(SESSION), refused(), Response.json(next), Response.json({})]);
    await api.session();
    await api.revoke('a');
    expect(asked.map(({ init }) => init.method)).toEqual(['GET', 'POST', 'GET', 'POST']);
    expect(asked[3]?.url).toBe('/api/v1/devices/a/revoke');
    expect(asked[3]?.init.headers).toMatchObject({ 'x-chorus-csrf': 'secret-of-the-next-session' });
    const other = against([refused(), Response.json(SESSION), refused()]);
    await expect(other.api.revoke('a')).rejects.toMatchObject({ code: 'admin.cross_site' });
    const reading = against([refused()]);
    await expect(reading.api.overview()).rejects.toMatchObject({ code: 'admin.cross_site' });
  });

  it("passes on the server's message, remedy and retry time", async () => {
    const { api, signedOut } = against([
      Response.json(
        { error: { code: 'auth.rate_limited', message: 'Too many.', remedy: 'Wait.' } },
        { status: 429, headers: { 'retry-after': '30' } },
      ),
    ]);
    const error = await api.signIn('x').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 429,
      code: 'auth.rate_limited',
      message: 'Too many.',
      remedy: 'Wait.',
      retryAfterS: 30,
    });
    expect(signedOut()).toBe(0);
  });

  it('reports a missing answer, and an answer of another program', async () => {
    const { api } = against([new TypeError('failed to fetch'), new Response('<html>', { status: 502 })]);
    await expect(api.overview()).rejects.toMatchObject({ status: 0, code: 'unreachable' });
    await expect(api.overview()).rejects.toMatchObject({ status: 502, code: 'internal' });
  });

  it('gives up a request that only reads after 15 s without an answer, and waits for changes', async () => {
    const limits: number[] = [];
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      limits.push(ms);
      return AbortSignal.abort(new DOMException('', 'TimeoutError'));
    });
    onTestFinished(() => timeout.mockRestore());
    const api = new Api({
      language: () => 'en',
      onSignedOut: () => undefined,
      // A network that answers nothing, without the wait.
      fetch: async (_url, { signal } = {}) => {
        signal?.throwIfAborted();
        return Response.json({});
      },
    });
    await expect(api.overview()).rejects.toMatchObject({ code: 'unreachable' });
    await expect(api.changeConfig({})).resolves.toEqual({});
    expect(limits).toEqual([15_000]);
  });

  it('informs the page when its session has ended', async () => {
    const { api, signedOut } = against([
      Response.json({ error: { code: 'admin.not_signed_in', message: 'no' } }, { status: 401 }),
      Response.json({ error: { code: 'admin.wrong_password', message: 'no' } }, { status: 401 }),
    ]);
    await expect(api.overview()).rejects.toThrow('no');
    await expect(api.signIn('x')).rejects.toThrow('no');
    expect(signedOut()).toBe(1);
  });

  it('returns a refused change as an answer, not as an error', async () => {
    const answer = { ok: false, mistakes: [{ key: 'llm.preset', text: { en: 'no', zh: '不' } }] };
    await expect(
      against([Response.json(answer, { status: 422 })]).api.changeConfig({ 'llm.preset': 'x' }),
    ).resolves.toEqual(answer);
  });

  it('returns turns newest first', async () => {
    await expect(against([Response.json({ turns: [{ id: 1 }, { id: 2 }], next: 2 })]).api.turns(20)).resolves.toEqual([
      { id: 2 },
      { id: 1 },
    ]);
  });
});
