import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect, failure, REQUEST, textOf } from '../../plugin/testing/language-model.js';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { FakeLlmServer, reply } from '../../../test/fakes/llm-server.js';
import { silentLogger, systemClock } from '../../core/index.js';
import { createLlm, type LlmOptions } from './create-llm.js';
import type { ToolSpec } from './llm-port.js';
import { isLocalAddress } from '../settings.js';
import { discoverOllama } from './openai/ollama.js';
import { PRESETS } from './openai/presets.js';

let server: FakeLlmServer;
beforeAll(async () => {
  server = await FakeLlmServer.start();
});
afterAll(() => server.close());

function options(changes: Partial<LlmOptions>): LlmOptions {
  return {
    preset: undefined,
    baseUrl: undefined,
    model: undefined,
    apiKey: undefined,
    temperature: undefined,
    firstTokenMs: 8000,
    replyMs: 60_000,
    maxWorkers: 8,
    clock: systemClock,
    log: silentLogger,
    random: () => 0,
    ...changes,
  };
}

const live = (): AbortSignal => new AbortController().signal;

describe('createLlm', () => {
  it('returns the offline assistant when nothing is configured', () => {
    expect(createLlm(options({})).id).toBe('offline');
    expect(createLlm(options({ preset: 'offline' })).id).toBe('offline');
  });

  it('applies the preset, and reports a missing key without using the network', async () => {
    const llm = createLlm(options({ preset: 'glm' }));
    expect(llm).toMatchObject({ id: 'glm:glm-4-flash', local: false });
    expect(await failure(llm.stream(REQUEST, live()))).toMatchObject({ code: 'llm.no_key' });
  });

  it('names the missing setting', () => {
    expect(() => createLlm(options({ preset: 'ollama' }))).toThrow(/llm\.model is missing/);
    expect(() => createLlm(options({ baseUrl: 'http://127.0.0.1:1/v1' }))).toThrow(/llm\.model is missing/);
  });

  it("sends the preset's extra fields only to the preset's own model", async () => {
    server.requests.length = 0;
    server.script(reply('84'));
    for (const model of [undefined, 'another']) {
      await collect(
        createLlm(
          options({ preset: 'moonshot', baseUrl: server.baseUrl, apiKey: 'k', model, temperature: 0.3 }),
        ).stream(REQUEST, live()),
      );
    }
    expect(server.requests[0]!.body).toMatchObject({
      model: 'kimi-k2.6',
      thinking: { type: 'disabled' },
      max_completion_tokens: 300,
    });
    expect(server.requests[0]!.body).not.toHaveProperty('temperature');
    expect(server.requests[1]!.body).not.toHaveProperty('thinking');
  });

  it('retries before the first word', async () => {
    server.requests.length = 0;
    server.script({ kind: 'status', status: 503, body: '' }, reply('84'));
    const clock = new FakeClock();
    const reading = collect(createLlm(options({ baseUrl: server.baseUrl, model: 'm', clock })).stream(REQUEST, live()));
    await server.received(1);
    while (server.requests.length < 2) await clock.advance(100);
    expect(textOf(await reading)).toBe('84');
  });
});

describe('a fallback', () => {
  const DEAD = { preset: undefined, baseUrl: 'http://127.0.0.1:1/v1', model: 'dead', apiKey: undefined };

  it('answers when the first model is unreachable, after one retry', async () => {
    server.requests.length = 0;
    server.script(reply('84'));
    const llm = createLlm(
      options({ ...DEAD, fallback: { preset: undefined, baseUrl: server.baseUrl, model: 'spare', apiKey: 'k2' } }),
    );
    expect(llm).toMatchObject({ id: 'openai-compatible:dead', local: true });
    expect(textOf(await collect(llm.stream(REQUEST, live())))).toBe('84');
    expect(server.requests).toMatchObject([{ authorization: 'Bearer k2', body: { model: 'spare' } }]);
  });

  it('may be the offline assistant', async () => {
    const llm = createLlm(
      options({ ...DEAD, fallback: { preset: 'offline', baseUrl: undefined, model: undefined, apiKey: undefined } }),
    );
    expect(textOf(await collect(llm.stream(REQUEST, live())))).toContain('84');
  });

  it('that answers by rules gets the tools that the first model is not offered', async () => {
    server.requests.length = 0;
    server.script({ kind: 'status', status: 401, body: '' });
    const llm = createLlm(
      options({
        baseUrl: server.baseUrl,
        model: 'm',
        fallback: { preset: 'offline', baseUrl: undefined, model: undefined, apiKey: undefined },
      }),
    );
    const tool = (name: string, forRules: boolean): ToolSpec => ({
      name,
      description: name,
      inputSchema: { type: 'object' },
      forRules,
    });
    const request = {
      ...REQUEST,
      messages: [{ role: 'user' as const, content: 'Turn off the kitchen light.' }],
      tools: [tool('home_control', true), tool('home_assistant_HassTurnOff', false)],
    };
    const [first] = await collect(llm.stream(request, live()));
    expect(first).toMatchObject({ type: 'tool_call', call: { name: 'home_control' } });
    expect(JSON.stringify(server.requests[0]?.body)).toContain('home_assistant_HassTurnOff');
    expect(JSON.stringify(server.requests[0]?.body)).not.toContain('home_control');
  });

  it('is named in the error when its model is missing', () => {
    expect(() =>
      createLlm(
        options({ ...DEAD, fallback: { preset: 'ollama', baseUrl: undefined, model: undefined, apiKey: undefined } }),
      ),
    ).toThrow(/llm\.fallback\.model is missing/);
  });
});

describe('presets', () => {
  it.each(PRESETS)('$id is complete', ({ baseUrl, keyVariables }) => {
    expect(new URL(baseUrl).pathname).not.toMatch(/\/$.|completions/);
    expect(isLocalAddress(baseUrl)).toBe(keyVariables === undefined);
  });
});

it.each<[string, boolean]>([
  ['http://127.0.0.1:11434/v1', true],
  ['http://localhost:1234/v1', true],
  ['http://192.168.1.5/v1', true],
  ['http://172.20.0.1/v1', true],
  ['http://[::1]:8080/v1', true],
  ['http://[fd00::1]/v1', true],
  ['http://ollama:11434', true],
  ['http://nas.local/v1', true],
  ['https://api.openai.com/v1', false],
  ['http://172.32.0.1/v1', false],
  ['http://8.8.8.8/v1', false],
  ['http://[2001:db8::1]/v1', false],
  ['nonsense', false],
])('%s is local: %s', (url, local) => expect(isLocalAddress(url)).toBe(local));

async function answering(body: string, status = 200): Promise<{ url: string; close: () => Promise<void> }> {
  const ollama = createServer((request, response) => {
    if (body === 'silence') return;
    response.writeHead(request.url === '/api/tags' ? status : 404).end(body);
  });
  await new Promise<void>((resolve) => ollama.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    ollama.closeAllConnections();
    await new Promise((resolve) => ollama.close(resolve));
  };
  return { url: `http://127.0.0.1:${(ollama.address() as AddressInfo).port}`, close };
}

describe('discoverOllama', () => {
  it('lists the models that can chat', async () => {
    const ollama = await answering(
      '{"models":[{"name":"qwen3:4b"},{"name":"nomic-embed-text:latest"},{"name":7},null]}',
    );
    expect(await discoverOllama(systemClock, live(), ollama.url)).toEqual(['qwen3:4b']);
    expect(await discoverOllama(systemClock, live(), `${ollama.url}/v1/`)).toEqual(['qwen3:4b']);
    await ollama.close();
  });

  it.each(['not json', 'null', '{"models":1}', '[]'])('finds nothing when another server answers: %s', async (body) => {
    const ollama = await answering(body);
    expect(await discoverOllama(systemClock, live(), ollama.url)).toBeUndefined();
    await ollama.close();
  });

  it('finds nothing when the port is closed or silent for half a second', async () => {
    expect(await discoverOllama(systemClock, live(), 'http://127.0.0.1:1')).toBeUndefined();
    const ollama = await answering('silence');
    const clock = new FakeClock();
    const found = discoverOllama(clock, live(), ollama.url);
    await clock.advance(500);
    expect(await found).toBeUndefined();
    await ollama.close();
  });
});
