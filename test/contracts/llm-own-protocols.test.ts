import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger, systemClock, type ChorusError } from '../../src/core/index.js';
import { collect, failure, llmContract, REQUEST, textOf } from '../../src/plugin/testing/language-model.js';
import { createLlm, providers, type LlmProvider } from '../../src/providers/index.js';
import { openAiCompatible, openAiPresets } from '../../src/providers/llm/openai/index.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { FakeLlmServer, type LlmScript } from '../fakes/llm-server.js';

// Tests language models that have a protocol of their own, with a scripted server. None of them was tried with the real
// service.

let server: FakeLlmServer;
beforeAll(async () => {
  server = await FakeLlmServer.start();
});
afterAll(() => server.close());

const live = (): AbortSignal => new AbortController().signal;
const event = (data: unknown, name?: string): string =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;
const sse = (...chunks: string[]): LlmScript => ({ kind: 'sse', chunks });

function llm(id: string, { key = 'k', clock = new FakeClock() } = {}): LlmProvider {
  const descriptor = providers.languageModel(id, undefined);
  if (!descriptor) throw new Error(`there is no ${id}`);
  const settings = {
    baseUrl: server.baseUrl,
    model: descriptor.model ?? 'm',
    apiKey: key,
    temperature: 0.5,
    firstTokenMs: 8000,
    replyMs: 60_000,
    own: {},
  };
  return descriptor.create(settings, { clock, log: silentLogger });
}

interface Wire {
  readonly id: string;
  readonly path: RegExp;
  /** The pieces of a complete answer. */
  readonly says: (...texts: string[]) => string[];
  /** How the service reports an error within the stream. */
  readonly error: string;
  readonly calls?: string[];
  /** Whether the service counts no tokens. */
  readonly free?: true;
}

const CALL = { name: 'self_audio_speaker_set_volume', volume: { volume: 50 } };
const gemini = (parts: unknown[], more: object = {}): string =>
  event({ candidates: [{ content: { role: 'model', parts }, ...more }], usageMetadata: { promptTokenCount: 7 } });

const WIRES: readonly Wire[] = [
  {
    id: 'anthropic',
    path: /^\/v1\/messages$/,
    says: (...texts) => [
      event({ type: 'message_start', message: { usage: { input_tokens: 7 } } }, 'message_start'),
      event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
      event({ type: 'ping' }),
      ...texts.map((text) => event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
      event({ type: 'content_block_stop', index: 0 }),
      event({ type: 'message_delta', usage: { output_tokens: 5 } }),
      event({ type: 'message_stop' }),
    ],
    error: event({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 'error'),
    calls: [
      event({ type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 't1', name: CALL.name } }),
      event({ type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"volu' } }),
      event({ type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: 'me":50}' } }),
      event({ type: 'content_block_stop', index: 0 }),
      event({ type: 'message_stop' }),
    ],
  },
  {
    id: 'gemini',
    path: /^\/v1\/models\/gemini-2\.5-flash:streamGenerateContent\?alt=sse$/,
    says: (...texts) => [
      gemini([{ text: 'thinking', thought: true }]),
      ...texts.map((text) => gemini([{ text }])),
      gemini([], { finishReason: 'STOP' }),
    ],
    error: event({ error: { code: 503, status: 'UNAVAILABLE', message: 'overloaded' } }),
    calls: [gemini([{ functionCall: { name: CALL.name, args: CALL.volume } }], { finishReason: 'STOP' })],
  },
  {
    id: 'dify',
    path: /^\/v1\/chat-messages$/,
    says: (...texts) => [
      event({ event: 'workflow_started' }),
      ...texts.map((answer) => event({ event: 'message', answer })),
      event({ event: 'message_end', metadata: { usage: { prompt_tokens: 7, completion_tokens: 5 } } }),
    ],
    error: event({ event: 'error', code: 'internal_server_error', message: 'internal server error' }),
  },
  {
    id: 'coze',
    path: /^\/v1\/v3\/chat$/,
    says: (...texts) => [
      event({ id: '1', status: 'created' }, 'conversation.chat.created'),
      ...texts.map((content) => event({ type: 'answer', content }, 'conversation.message.delta')),
      event({ type: 'answer', content: texts.join('') }, 'conversation.message.completed'),
      event({ usage: { input_count: 7, output_count: 5 } }, 'conversation.chat.completed'),
    ],
    error: event({ last_error: { code: 5000, msg: 'internal server error' } }, 'conversation.chat.failed'),
  },
  {
    id: 'fastgpt',
    path: /^\/v1\/chat\/completions$/,
    says: (...texts) => [
      ...texts.map((content) => event({ choices: [{ delta: { role: 'assistant', content }, finish_reason: null }] })),
      event({ choices: [{ delta: { content: null }, finish_reason: 'stop' }] }),
    ],
    error: event({ statusText: 'unavailable', message: 'internal server error' }, 'error'),
    free: true,
  },
  {
    id: 'bailian-app',
    path: /^\/v1\/apps\/m\/completion$/,
    says: (...texts) => [
      ...texts.map((text) => event({ output: { text, finish_reason: 'null', session_id: 's' } }, 'result')),
      event(
        {
          output: { text: '', finish_reason: 'stop' },
          usage: { models: [{ model_id: 'qwen', input_tokens: 7, output_tokens: 5 }] },
        },
        'result',
      ),
    ],
    error: event({ code: 'InternalError', message: 'internal server error', request_id: '1' }, 'error'),
  },
];

it('tests every language model with its own protocol', () => {
  const openAiLike = new Set([...openAiPresets, openAiCompatible].map(({ id }) => id));
  const own = providers.languageModels.map(({ id }) => id).filter((id) => !openAiLike.has(id) && id !== 'offline');
  expect(own.sort()).toEqual([...WIRES.map(({ id }) => id), 'home-assistant'].sort());
});

describe.each(WIRES)('$id', ({ id, path, says, error, calls, free }) => {
  const codeAfter = async (script: LlmScript, options?: { key?: string }): Promise<string> => {
    server.script(script);
    return ((await failure(llm(id, options).stream(REQUEST, live()))) as ChorusError).code;
  };

  if (calls)
    llmContract(it, {
      answering: () => {
        server.script(sse(...says('12 times 7 ', 'is 84.')));
        return llm(id);
      },
      controlling: () => {
        server.script(sse(...calls), sse(...says('The volume is now 50.')));
        return llm(id);
      },
    });

  it('sends the question, and streams the reply with its token counts', async () => {
    server.requests.length = 0;
    // JSON holds U+2028 and U+2029 as they are.
    server.script(sse(...says('十二乘七', '是\u2028\u202984。')));
    const deltas = await collect(llm(id).stream(REQUEST, live()));
    expect(textOf(deltas)).toBe('十二乘七是\u2028\u202984。');
    if (!free) expect(deltas.at(-1)).toMatchObject({ type: 'usage', inputTokens: 7 });
    expect(server.requests[0]?.path).toMatch(path);
    expect(JSON.stringify(server.requests[0]?.body)).toContain('What is twelve times seven?');
  });

  it('explains a refusal, and when the next request may come', async () => {
    expect(await codeAfter(sse(), { key: '' })).toBe('llm.no_key');
    expect(await codeAfter({ kind: 'status', status: 401, body: '{}' })).toBe('llm.bad_key');
    expect(await codeAfter({ kind: 'status', status: 500, body: '' })).toBe('llm.server_error');
    server.script({ kind: 'status', status: 429, body: '{}', headers: { 'retry-after': '7' } });
    expect(await failure(llm(id).stream(REQUEST, live()))).toMatchObject({
      code: 'llm.rate_limited',
      details: { retryAfterS: 7 },
    });
    expect(await codeAfter({ kind: 'redirect', status: 302, to: 'http://127.0.0.1:1/' })).toBe('llm.bad_address');
    expect(await codeAfter({ kind: 'status', status: 200, body: '<html>', contentType: 'text/html' })).toBe(
      'llm.bad_address',
    );
  });

  it('fails if the reply is cut, is an error, or is missing', async () => {
    const begun = says('half').slice(0, -1);
    expect(await codeAfter(sse(...begun))).toBe('llm.server_error');
    expect(await codeAfter({ kind: 'sse', chunks: begun, end: 'cut' })).toBe('llm.unreachable');
    expect(await codeAfter(sse(error))).toMatch(/^llm\.(server_error|failed)$/);
    expect(await codeAfter(sse('garbage\n\n', 'data: {"broken\n\n', 'data: 7\n\n'))).toBe('llm.failed');
    expect(await codeAfter(sse('x'.repeat(2_000_000)))).toBe('llm.failed');
    expect(await codeAfter({ kind: 'hang_up' })).toBe('llm.unreachable');
  });

  it('gives up a silent service and closes the connection', async () => {
    server.requests.length = 0;
    const clock = new FakeClock();
    server.script({ kind: 'sse', chunks: says('half').slice(0, -1), end: 'stall' });
    const heard: unknown[] = [];
    const reading = (async () => {
      for await (const delta of llm(id, { clock }).stream(REQUEST, live())) heard.push(delta);
    })().catch((thrown: unknown) => thrown);
    while (heard.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(8000);
    expect(await reading).toMatchObject({ code: 'llm.timeout' });
    await server.requests[0]?.clientGone;
  });
});

describe('the conversation of Home Assistant', () => {
  const answer = (speech: string, type = 'action_done'): LlmScript => ({
    kind: 'status',
    status: 200,
    body: JSON.stringify({ response: { response_type: type, speech: { plain: { speech } } }, conversation_id: '1' }),
  });
  const home = (clock?: FakeClock): LlmProvider => llm('home-assistant', clock && { clock });
  /** As the server uses it, with its limits and retries. */
  const chosen = (): LlmProvider =>
    createLlm({
      preset: 'home-assistant',
      baseUrl: server.baseUrl,
      model: undefined,
      apiKey: 'k',
      temperature: undefined,
      firstTokenMs: 8000,
      replyMs: 60_000,
      maxWorkers: 8,
      clock: systemClock,
      log: silentLogger,
      random: () => 0,
    });
  const codeAfter = async (script: LlmScript): Promise<string> => {
    server.script(script);
    return ((await failure(home().stream(REQUEST, live()))) as ChorusError).code;
  };

  it('gets one sentence; its reply is spoken, even that it did not understand', async () => {
    server.requests.length = 0;
    server.script(answer('Turned on the light'), answer('Sorry, I could not understand that', 'error'));
    expect(textOf(await collect(home().stream(REQUEST, live())))).toBe('Turned on the light');
    expect(server.requests[0]).toMatchObject({
      path: '/v1/api/conversation/process',
      authorization: 'Bearer k',
      body: {
        text: 'What is twelve times seven?',
        agent_id: 'conversation.home_assistant',
        language: REQUEST.language,
      },
    });
    expect(textOf(await collect(home().stream(REQUEST, live())))).toBe('Sorry, I could not understand that');
  });

  it('is asked once if its answer has no words, and says that it acted', async () => {
    server.requests.length = 0;
    server.script(
      { kind: 'status', status: 200, body: '{"response":{"response_type":"action_done","speech":{}}}' },
      answer(''),
      { kind: 'status', status: 200, body: '{"response":{"speech":{}}}' },
    );
    expect(textOf(await collect(chosen().stream(REQUEST, live())))).toBe('Done.');
    expect(textOf(await collect(chosen().stream({ ...REQUEST, language: 'zh-CN' }, live())))).toBe('好了。');
    expect(await collect(chosen().stream(REQUEST, live()))).toEqual([]);
    expect(server.requests).toHaveLength(3);
  });

  it.each<LlmScript>([{ kind: 'status', status: 502, body: '' }, { kind: 'hang_up' }])(
    'is not asked again after $kind, because it may have done it',
    async (script) => {
      server.requests.length = 0;
      server.script(script, answer('Done'));
      await failure(chosen().stream(REQUEST, live()));
      expect(server.requests).toHaveLength(1);
    },
  );

  it('does nothing before the reply is certainly needed', async () => {
    server.requests.length = 0;
    server.script(answer('Done'));
    let confirm = (): void => undefined;
    const sure = new Promise<void>((resolve) => (confirm = resolve));
    const certainty = { certain: false, whenCertain: () => sure };
    const reading = collect(chosen().stream({ ...REQUEST, certainty }, live()));
    for (let tick = 0; tick < 20; tick++) await new Promise((resolve) => setImmediate(resolve));
    expect(server.requests).toEqual([]);
    confirm();
    expect(textOf(await reading)).toBe('Done');
  });

  it('explains a refusal', async () => {
    const text = (body: string, more = {}): LlmScript => ({ kind: 'status', status: 200, body, ...more });
    expect(await codeAfter({ kind: 'status', status: 401, body: '401: Unauthorized' })).toBe('llm.bad_key');
    expect(await codeAfter({ kind: 'status', status: 404, body: '404: Not Found' })).toBe('llm.bad_address');
    expect(await codeAfter({ kind: 'status', status: 500, body: '' })).toBe('llm.server_error');
    expect(await codeAfter(text('<html>', { contentType: 'text/html' }))).toBe('llm.bad_address');
    for (const body of ['{"broken', '7', '[]', '']) expect(await codeAfter(text(body))).toBe('llm.failed');
    expect(await codeAfter(text(`"${'x'.repeat(2_000_000)}"`))).toBe('llm.failed');
    expect(await codeAfter({ kind: 'hang_up' })).toBe('llm.unreachable');
    expect(await codeAfter({ kind: 'redirect', status: 302, to: 'http://127.0.0.1:1/' })).toBe('llm.bad_address');
  });

  it('is given up when it falls silent', async () => {
    server.requests.length = 0;
    const clock = new FakeClock();
    server.script({ kind: 'silence' });
    const reading = failure(home(clock).stream(REQUEST, live()));
    await server.received(1);
    await clock.advance(8000);
    expect(await reading).toMatchObject({ code: 'llm.timeout' });
    await server.requests[0]?.clientGone;
  });
});

describe.each([
  [
    'anthropic',
    [
      { type: 'text', text: 'what is this?' },
      { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: '/9j/' } },
    ],
    (body: Record<string, unknown>) => (body['messages'] as { content: unknown }[])[0]?.content,
  ],
  [
    'gemini',
    [{ text: 'what is this?' }, { inlineData: { mimeType: 'image/jpeg', data: '/9j/' } }],
    (body: Record<string, unknown>) => (body['contents'] as { parts: unknown }[])[0]?.parts,
  ],
])('a picture for %s', (id, parts, partsOf) => {
  it('is sent beside the question', async () => {
    const wire = WIRES.find((one) => one.id === id);
    server.requests.length = 0;
    server.script(sse(...(wire?.says('A cat.') ?? [])));
    const picture = { bytes: Uint8Array.of(0xff, 0xd8, 0xff), mediaType: 'image/jpeg' } as const;
    const messages = [{ role: 'user', content: 'what is this?', images: [picture] }] as const;
    expect(textOf(await collect(llm(id).stream({ ...REQUEST, tools: [], messages }, live())))).toBe('A cat.');
    expect(partsOf(server.requests[0]!.body)).toEqual(parts);
  });
});
