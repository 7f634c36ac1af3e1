import { describe, expect, it } from 'vitest';
import { systemClock, type ChorusError } from '../../src/core/index.js';
import type { LlmDelta } from '../../src/providers/llm/llm-port.js';
import { guardedFetch } from '../../src/platform/outbound/index.js';
import { done, event, FakeLlmServer, finish, reply, text, toolCall } from '../fakes/llm-server.js';
import { codeOf, live, openAiSubject } from './llm-openai.subject.js';
import { collect, failure, REQUEST, textOf, VOLUME_TOOLS } from '../../src/plugin/testing/language-model.js';

const { server, http, llm } = await openAiSubject();

const openAiError = (message: string, type: string, errorCode: unknown): string =>
  JSON.stringify({ error: { message, type, code: errorCode } });

describe('failures by kind', () => {
  const answers: readonly (readonly [string, number, string, string])[] = [
    [
      'a wrong key',
      401,
      openAiError('Incorrect API key provided', 'invalid_request_error', 'invalid_api_key'),
      'llm.bad_key',
    ],
    ['a forbidden key', 403, openAiError('Forbidden', 'permission_error', null), 'llm.bad_key'],
    ['a wrong key at GLM', 401, '{"error":{"code":"1002","message":"Authorization Token非法"}}', 'llm.bad_key'],
    [
      'a country that is not served',
      403,
      openAiError(
        'Country, region, or territory not supported',
        'request_forbidden',
        'unsupported_country_region_territory',
      ),
      'llm.failed',
    ],
    [
      'no money',
      402,
      '{"error":{"message":"Insufficient Balance","type":"unknown_error","code":"invalid_request_error"}}',
      'llm.no_money',
    ],
    [
      'no money at OpenAI',
      429,
      openAiError('You exceeded your current quota', 'insufficient_quota', 'insufficient_quota'),
      'llm.no_money',
    ],
    ['no money at GLM', 429, '{"error":{"code":"1113","message":"您的账户已欠费，请充值后重试"}}', 'llm.no_money'],
    [
      'no money at Moonshot',
      429,
      openAiError('Your account is suspended due to insufficient balance', 'exceeded_current_quota_error', null),
      'llm.no_money',
    ],
    [
      'no money at Model Studio',
      400,
      '{"error":{"code":"Arrearage","message":"Access denied, please make sure your account is ' +
        'in good standing.","type":"Arrearage"}}',
      'llm.no_money',
    ],
    [
      'the free tier used up',
      403,
      '{"error":{"code":"AllocationQuota.FreeTierOnly","message":"The free tier of the model has been exhausted."}}',
      'llm.no_money',
    ],
    [
      'no money at Ark',
      403,
      '{"error":{"code":"AccountOverdueError","message":"your account has an overdue balance","type":"Forbidden"}}',
      'llm.no_money',
    ],
    [
      'no money at SiliconFlow',
      403,
      '{"code":30001,"message":"Sorry, your account balance is insufficient","data":null}',
      'llm.no_money',
    ],
    [
      'too many requests',
      429,
      openAiError('Rate limit reached for requests', 'requests', 'rate_limit_exceeded'),
      'llm.rate_limited',
    ],
    [
      'too many requests at GLM',
      429,
      '{"error":{"code":"1302","message":"您当前使用该API的并发数过高"}}',
      'llm.rate_limited',
    ],
    [
      'too many tokens at Model Studio',
      429,
      openAiError(
        'Requests rate limit exceeded, please try again later.',
        'insufficient_quota',
        'Throttling.AllocationQuota',
      ),
      'llm.rate_limited',
    ],
    ['a broken vendor', 500, 'oops', 'llm.server_error'],
    ['an overloaded vendor', 503, '<html>upstream</html>', 'llm.server_error'],
    [
      'a model that does not exist',
      404,
      openAiError('The model `x` does not exist', 'invalid_request_error', 'model_not_found'),
      'llm.no_model',
    ],
    ['an address without chats', 404, '404 page not found', 'llm.bad_address'],
    [
      'a conversation that is too long',
      400,
      openAiError(
        "This model's maximum context length is 4096 tokens. However, your messages resulted in 5000 tokens.",
        'invalid_request_error',
        'context_length_exceeded',
      ),
      'llm.too_long',
    ],
    [
      'one that is too long at llama.cpp',
      400,
      '{"error":{"code":400,"message":"the request exceeds the available context size, try ' +
        'increasing it","type":"exceed_context_size_error"}}',
      'llm.too_long',
    ],
    ['a request that is refused', 400, openAiError('messages: bad', 'invalid_request_error', null), 'llm.failed'],
  ];
  it.each(answers)('%s (%i)', async (_name, status, body, expected) => {
    server.script({ kind: 'status', status, body });
    expect(await codeOf(llm().stream(REQUEST, live()))).toBe(expected);
    expect(server.requests).toHaveLength(1);
  });

  it('without a key nothing is sent', async () => {
    const opened: string[] = [];
    const without = llm({ apiKey: undefined, http: { fetch: http.fetch, open: (url) => void opened.push(url) } });
    without.expect?.();
    expect(await codeOf(without.stream(REQUEST, live()))).toBe('llm.no_key');
    expect([server.requests, opened]).toEqual([[], []]);
    server.script(reply('84'));
    expect(textOf(await collect(llm({ apiKey: undefined, keyless: true }).stream(REQUEST, live())))).toBe('84');
  });

  it('the message never repeats the key', async () => {
    server.script({
      kind: 'status',
      status: 401,
      body: openAiError(
        'Incorrect API key provided: sk-0123456789abcdefghijklmnop',
        'invalid_request_error',
        'invalid_api_key',
      ),
    });
    const error = (await failure(llm({ apiKey: 'sk-0123456789abcdefghijklmnop' }).stream(REQUEST, live()))) as Error;
    expect(error.message).not.toContain('0123456789');
  });

  it('a refused connection is reported', async () => {
    expect(await codeOf(llm({ baseUrl: 'http://127.0.0.1:1/v1' }).stream(REQUEST, live()))).toBe('llm.unreachable');
  });

  it.each([301, 302, 307, 308])(
    'a redirect (%i) is reported for every kind of request, and is not followed',
    async (status) => {
      const elsewhere = await FakeLlmServer.start();
      elsewhere.script(reply('84'));
      server.script({ kind: 'redirect', status, to: `${elsewhere.baseUrl}/chat/completions` });
      for (const [way, over] of Object.entries({
        kept: http,
        global: { fetch },
        guarded: { fetch: guardedFetch({ localPorts: [Number(new URL(server.origin).port)] }) },
      })) {
        const error = await failure(llm({ http: over }).stream(REQUEST, live()));
        expect([way, error]).toEqual([
          way,
          expect.objectContaining({
            code: 'llm.bad_address',
            message: expect.stringContaining('redirect') as string,
            details: expect.objectContaining({ quote: `HTTP ${status}` }) as object,
          }),
        ]);
      }
      expect([server.requests.length, elsewhere.requests]).toEqual([3, []]);
      await elsewhere.close();
    },
  );

  it('an answer beyond every limit, at an address from the page', async () => {
    const guarded = llm({ http: { fetch: guardedFetch({ localPorts: [Number(new URL(server.origin).port)] }) } });
    for (const script of [
      reply('x'.repeat(300_000)),
      { kind: 'status', status: 200, body: ' '.repeat(300_000) } as const,
    ]) {
      server.script(script);
      expect(await failure(guarded.stream(REQUEST, live()))).toMatchObject({
        code: 'llm.failed',
        message: 'the answer is longer than 262144 bytes',
      });
    }
  });

  it('a connection that closes without an answer', async () => {
    server.script({ kind: 'hang_up' });
    expect(await codeOf(llm().stream(REQUEST, live()))).toBe('llm.unreachable');
  });

  it('after a cut stream the received text is delivered, then the network or the service is named', async () => {
    for (const [end, code] of [
      ['cut', 'llm.unreachable'],
      ['close', 'llm.server_error'],
    ] as const) {
      server.script({ kind: 'sse', chunks: [text('Once upon a time')], end });
      const heard: string[] = [];
      const reading = async (): Promise<void> => {
        for await (const delta of llm().stream(REQUEST, live())) if (delta.type === 'text') heard.push(delta.text);
      };
      await expect(reading()).rejects.toMatchObject({ code });
      expect(heard).toEqual(['Once upon a time']);
    }
  });

  it('garbage in the stream', async () => {
    for (const garbage of [
      event('{"choices":[{"delta":{"content":"x"'),
      event('not json'),
      event('{"hello":1}'),
      event('[]'),
    ]) {
      server.script({ kind: 'sse', chunks: [garbage, finish(), done] });
      expect(await codeOf(llm().stream(REQUEST, live()))).toBe('llm.failed');
    }
  });

  it('an error event in the stream', async () => {
    server.script({
      kind: 'sse',
      chunks: [
        text('Well'),
        event({ error: { message: 'Insufficient Balance', type: 'insufficient_balance', code: 402 } }),
      ],
    });
    expect(await codeOf(llm().stream(REQUEST, live()))).toBe('llm.no_money');
    server.script({
      kind: 'sse',
      chunks: [
        event({
          error: { message: 'The engine is currently overloaded', type: 'engine_overloaded_error', code: null },
        }),
      ],
    });
    expect(await codeOf(llm().stream(REQUEST, live()))).toBe('llm.server_error');
  });

  it('an error or a page with status 200', async () => {
    server.script({ kind: 'status', status: 200, body: '{"error":{"message":"invalid api key"}}' });
    expect(await codeOf(llm().stream(REQUEST, live()))).toBe('llm.bad_key');
    server.script({ kind: 'status', status: 200, body: '<html>Welcome</html>', contentType: 'text/html' });
    expect(await codeOf(llm().stream(REQUEST, live()))).toBe('llm.bad_address');
    for (const chunks of [[], [done]]) {
      server.script({ kind: 'sse', chunks });
      expect(await codeOf(llm().stream(REQUEST, live()))).toBe('llm.server_error');
    }
  });

  it('invalid JSON of tool arguments is returned for the model to repeat', async () => {
    for (const broken of ['{"volume":', '[1]', '"x"']) {
      server.script({
        kind: 'sse',
        chunks: [
          toolCall({
            index: 0,
            id: 'a',
            type: 'function',
            function: { name: 'self_get_device_status', arguments: broken },
          }),
          finish('tool_calls'),
          done,
        ],
      });
      const deltas: LlmDelta[] = [];
      for await (const delta of llm().stream({ ...REQUEST, tools: VOLUME_TOOLS }, live())) deltas.push(delta);
      expect(deltas).toContainEqual({
        type: 'tool_call',
        call: {
          id: 'a',
          name: 'self_get_device_status',
          arguments: {},
          malformed: expect.stringMatching(/not.* JSON/),
        },
      });
    }
  });
});

describe('a server without streaming', () => {
  const whole = (message: Record<string, unknown>): string =>
    JSON.stringify({
      id: 'x',
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 },
    });

  it('has its whole reply in one large delta', async () => {
    server.script({ kind: 'status', status: 200, body: whole({ content: 'A whole answer at once.' }) });
    const deltas = await collect(llm().stream(REQUEST, live()));
    expect(textOf(deltas)).toBe('A whole answer at once.');
    expect(deltas).toContainEqual({ type: 'usage', inputTokens: 3, outputTokens: 5 });
  });

  it('has its tool calls recognised', async () => {
    const call = { id: 'a', type: 'function', function: { name: 'self_get_device_status', arguments: '{"on":true}' } };
    server.script({ kind: 'status', status: 200, body: whole({ content: null, tool_calls: [call] }) });
    const deltas = await collect(llm().stream({ ...REQUEST, tools: VOLUME_TOOLS }, live()));
    expect(deltas).toContainEqual({
      type: 'tool_call',
      call: { id: 'a', name: 'self_get_device_status', arguments: { on: true } },
    });
  });

  it('may label events as JSON, which are read as events', async () => {
    for (const beginning of ['', '\n', ': a comment\n\n', '\ufeff']) {
      const body = [beginning, text('Good '), text('day.'), finish(), done].join('');
      server.script({ kind: 'status', status: 200, body, contentType: 'application/json; charset=utf-8' });
      expect([textOf(await collect(llm().stream(REQUEST, live()))), beginning]).toEqual(['Good day.', beginning]);
    }
  });

  it('has any other object reported with its content', async () => {
    server.script({ kind: 'status', status: 200, body: '{"choices":[]}' });
    expect(await codeOf(llm().stream(REQUEST, live()))).toBe('llm.failed');
  });
});

it('accepts call arguments that are an object', async () => {
  const call = toolCall({
    index: 0,
    id: 'a',
    type: 'function',
    function: { name: 'self_get_device_status', arguments: { on: true } },
  });
  server.script({ kind: 'sse', chunks: [call.slice(0, 90), call.slice(90), finish('tool_calls'), done] });
  const deltas = await collect(llm().stream({ ...REQUEST, tools: VOLUME_TOOLS }, live()));
  expect(deltas).toContainEqual({
    type: 'tool_call',
    call: { id: 'a', name: 'self_get_device_status', arguments: { on: true } },
  });
});

it('records after how many seconds the service accepts another request', async () => {
  for (const [value, seconds] of [
    ['60', 60],
    [new Date(systemClock.wallMs() + 30_000).toUTCString(), 30],
    ['nonsense', undefined],
  ] as const) {
    server.script({ kind: 'status', status: 429, body: '{}', headers: { 'retry-after': value } });
    const error = (await failure(llm().stream(REQUEST, live()))) as ChorusError;
    const noted = error.details['retryAfterS'];
    if (seconds === undefined) expect(noted).toBeUndefined();
    else expect(Math.abs(Number(noted) - seconds)).toBeLessThan(5);
  }
});
