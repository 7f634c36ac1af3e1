import { afterEach, describe, expect, it } from 'vitest';
import { ChorusError, silentLogger, systemClock } from '../../src/core/index.js';
import { codeOf, failureOf, live } from '../../src/plugin/testing/suite.js';
import { probeLlm, providers, tryModel } from '../../src/providers/index.js';
import { ScriptedHttp } from '../fakes/scripted-http.js';
import { ScriptedSocket, type SocketFault } from '../fakes/scripted-socket.js';

const remote = [...providers.voices.filter(({ local }) => !local), ...providers.recognitionServices];

it('a probe exists for every voice and every recogniser of a service', () => {
  expect(remote.filter((one) => !('probe' in one)).map(({ kind, id }) => `${kind} ${id}`)).toEqual([]);
});

/** Services that are probed over HTTP, and that refuse a wrong key. */
const overHttp = remote.filter(({ id, kind, settings }) => {
  const { url, base_url: base } = settings.parse({}) as { url?: string; base_url?: string };
  return (
    !['edge', 'minimax'].includes(id) &&
    (base !== undefined || url?.startsWith('http') === true || (kind === 'voice' && id === 'azure'))
  );
});
const overSocket = remote.filter((one) => !overHttp.includes(one) && !['edge', 'wyoming'].includes(one.id));
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
const context = { clock: systemClock, signal: live() };
const keyed = (one: (typeof remote)[number], url: string): Record<string, unknown> => {
  const name = 'base_url' in one.settings.shape ? 'base_url' : 'url';
  return one.settings.parse({
    [name]: url,
    ...('api_key' in one.settings.shape && { api_key: 'sk-one, sk-two' }),
  });
};

describe.each(overHttp.map((one) => [`${one.kind} ${one.id}`, one] as const))('the probe of the %s', (_, one) => {
  it('passes if the service answers, and explains any other outcome', async () => {
    const server = await ScriptedHttp.start({
      status: 200,
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    open.push(server);
    const { url } = server;
    await one.probe!(keyed(one, url), context);
    expect(server.calls.length).toBe(1);
    expect(JSON.stringify(server.calls[0])).not.toContain('sk-two');
    await server.close();
    open.pop();
    expect(codeOf(await failureOf(() => one.probe!(keyed(one, url), context)))).toMatch(/unreachable$/);
  });

  it('reports a refused key', async () => {
    if (one.key?.required !== true) return;
    const refusal = { Response: { Error: { Code: 'AuthFailure.SignatureFailure', Message: 'no' } } };
    const server = await ScriptedHttp.start({
      status: one.id === 'tencent' ? 200 : 401,
      body: JSON.stringify(refusal),
      headers: { 'content-type': 'application/json' },
    });
    open.push(server);
    expect(codeOf(await failureOf(() => one.probe!(keyed(one, server.url), context)))).toMatch(/rejected$/);
  });
});

describe.each(overSocket.map((one) => [`${one.kind} ${one.id}`, one] as const))('the probe of the %s', (_, one) => {
  it.each<[SocketFault, RegExp]>([
    [{ refuse: 401 }, /rejected$/],
    [{ refuse: 429 }, /rate_limited$/],
    [{ refuse: 503 }, /failed$/],
  ])('%j is reported', async (fault, code) => {
    const server = await ScriptedSocket.start(() => undefined);
    open.push(server);
    server.fault = fault;
    const url = one.id === 'minimax' ? server.url.replace('ws:', 'http:') : server.url;
    const error = await failureOf(() => one.probe!(keyed(one, `${url}/v1`), context));
    expect(error).toBeInstanceOf(ChorusError);
    expect(codeOf(error)).toMatch(code);
    expect(server.open).toBe(0);
  });
});

const probedModels = providers.languageModels.filter((model) => 'probe' in model);

describe.each(probedModels.map(({ id }) => id))('the probe of the language model %s', (preset) => {
  const optionsOf = (baseUrl: string) => ({
    preset,
    baseUrl,
    model: undefined,
    apiKey: 'sk-secret' as string | undefined,
    temperature: undefined,
    firstTokenMs: 1000,
    replyMs: 1000,
    clock: systemClock,
    log: silentLogger,
    random: () => 0,
  });
  const served = async (status: number): Promise<ScriptedHttp> => {
    const server = await ScriptedHttp.start({ status, body: '{}', headers: { 'content-type': 'application/json' } });
    open.push(server);
    return server;
  };

  it('requests a page with the key and asks no question, also from doctor, setup and page', async () => {
    const server = await served(200);
    await probeLlm(optionsOf(server.url), live());
    const { text } = await tryModel(optionsOf(server.url), { prompt: 'Hello', language: 'zh' }, live());
    expect(text).toEqual({
      en: expect.stringContaining('key') as string,
      zh: expect.stringContaining('密钥') as string,
    });
    expect(server.calls.map(({ method, headers }) => [method, headers.authorization])).toEqual([
      ['GET', 'Bearer sk-secret'],
      ['GET', 'Bearer sk-secret'],
    ]);
  });

  it.each([
    [401, 'llm.bad_key'],
    [404, 'llm.bad_address'],
    [302, 'llm.bad_address'],
    [500, 'llm.server_error'],
  ])('reports the meaning of status %i', async (status, code) => {
    const server = await served(status);
    expect(codeOf(await failureOf(() => probeLlm(optionsOf(server.url), live())))).toBe(code);
  });

  it('reports a service that is not there, and a missing key', async () => {
    const server = await served(200);
    const { url } = server;
    await server.close();
    open.pop();
    expect(codeOf(await failureOf(() => probeLlm(optionsOf(url), live())))).toBe('llm.unreachable');
    const options = { ...optionsOf(url), apiKey: undefined };
    expect(codeOf(await failureOf(() => probeLlm(options, live())))).toBe('llm.no_key');
  });
});
