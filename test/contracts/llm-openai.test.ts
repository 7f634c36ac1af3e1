import { describe, expect, it } from 'vitest';
import { createOpenAiLlm } from '../../src/providers/llm/openai/provider.js';
import { done, FakeLlmServer, finish, reply, text, thought, toolCall, usage } from '../fakes/llm-server.js';
import { codeOf, live, OPTIONS, openAiSubject } from './llm-openai.subject.js';
import {
  collect,
  failure,
  llmContract,
  REQUEST,
  textOf,
  VOLUME_TOOLS,
} from '../../src/plugin/testing/language-model.js';
import { eventually } from '../../src/plugin/testing/suite.js';

const VOLUME_CALL = {
  index: 0,
  id: 'call_1',
  type: 'function',
  function: { name: 'self_audio_speaker_set_volume', arguments: '{"volume":50}' },
};

const { server, llm } = await openAiSubject();

describe.each([
  ['OpenAI-compatible', () => llm()],
  ['OpenAI-compatible, by the global fetch', () => createOpenAiLlm({ ...OPTIONS, baseUrl: server.baseUrl })],
])('%s: LlmProvider contract', (_, open) => {
  llmContract(it, {
    answering: () => {
      server.script(reply('12 times 7 ', 'is 84.'));
      return open();
    },
    controlling: () => {
      server.script(
        { kind: 'sse', chunks: [toolCall(VOLUME_CALL), finish('tool_calls'), done] },
        reply('The volume is now 50.'),
      );
      return open();
    },
  });
});

describe('connections', () => {
  it('carry all turns of a conversation, and are opened when a question is expected', async () => {
    const own = await FakeLlmServer.start();
    own.script(reply('ok'));
    const model = llm({ baseUrl: own.baseUrl });
    model.expect?.();
    await eventually(() => own.connections === 1);
    expect(own.requests).toHaveLength(0);
    for (let turn = 0; turn < 3; turn++) {
      model.expect?.();
      await collect(model.stream(REQUEST, live()));
    }
    expect([own.requests.length, own.connections]).toEqual([3, 1]);
    await own.close();
  });

  it('fail no turn if the service has closed them in the meantime', async () => {
    const own = await FakeLlmServer.start();
    const model = llm({ baseUrl: own.baseUrl });
    own.script(reply('first'), { kind: 'hang_up' }, reply('second'));
    expect(textOf(await collect(model.stream(REQUEST, live())))).toBe('first');
    expect(textOf(await collect(model.stream(REQUEST, live())))).toBe('second');
    expect([own.requests.length, own.connections]).toEqual([3, 2]);
    await own.close();
  });
});

describe('the request', () => {
  it('has the key, the model, the messages and the limit, and asks for a stream with usage', async () => {
    server.script(reply('ok'));
    await collect(
      llm({ temperature: 0.5, ofModel: { model: 'm', extraBody: { thinking: { type: 'disabled' } } } }).stream(
        REQUEST,
        live(),
      ),
    );
    const [request] = server.requests;
    expect(request).toMatchObject({ path: '/v1/chat/completions', authorization: 'Bearer sk-secret' });
    expect(request!.body).toEqual({
      model: 'm',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'What is twelve times seven?' },
      ],
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 300,
      temperature: 0.5,
      thinking: { type: 'disabled' },
    });
  });

  it('joins neighbouring user messages and keeps tool calls with their results', async () => {
    server.script(reply('ok'));
    const messages = [
      { role: 'user', content: 'one' },
      { role: 'user', content: 'two' },
      { role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'self_get_device_status', arguments: {} }] },
      { role: 'tool', toolCallId: 'a', name: 'self_get_device_status', content: '{"ok":true}' },
    ] as const;
    await collect(llm().stream({ ...REQUEST, messages, tools: VOLUME_TOOLS }, live()));
    expect(server.requests[0]!.body).toMatchObject({
      messages: [
        { role: 'user', content: 'one\ntwo' },
        {
          role: 'assistant',
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'self_get_device_status', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'a', content: '{"ok":true}' },
      ],
      tools: [
        { type: 'function', function: { name: 'self_get_device_status' } },
        { type: 'function', function: { name: 'self_audio_speaker_set_volume' } },
      ],
    });
  });

  it('uses max_completion_tokens if the vendor needs it', async () => {
    server.script(reply('ok'));
    await collect(llm({ maxTokensField: 'max_completion_tokens' }).stream(REQUEST, live()));
    expect(server.requests[0]!.body).toMatchObject({ max_completion_tokens: 300 });
    expect(server.requests[0]!.body).not.toHaveProperty('max_tokens');
  });

  it('omits tools permanently after the server said that its model cannot use them', async () => {
    const refusal = {
      kind: 'status',
      status: 400,
      body: '{"error":{"message":"registry.ollama.ai/library/gemma3:4b does not support tools","type":"api_error"}}',
    } as const;
    server.script(refusal, reply('84'), reply('85'));
    const model = llm();
    expect(textOf(await collect(model.stream({ ...REQUEST, tools: VOLUME_TOOLS }, live())))).toBe('84');
    expect(textOf(await collect(model.stream({ ...REQUEST, tools: VOLUME_TOOLS }, live())))).toBe('85');
    expect(server.requests.map((request) => 'tools' in request.body)).toEqual([true, false, false]);
  });

  it('asks a named model without its own switches; a missing model is requested only once', async () => {
    const missing = [
      '{"error":{"message":"The model `x` does not exist or you do not have access to ' +
        'it.","type":"invalid_request_error","code":"model_not_found"}}',
      '{"error":{"message":"Model Not Exist","type":"invalid_request_error"}}',
      '{"error":{"code":"1211","message":"模型不存在，请检查模型代码。"}}',
      '{"error":{"message":"model \\"x\\" not found, try pulling it first","type":"api_error"}}',
    ];
    for (const [i, body] of missing.entries()) {
      server.requests.length = 0;
      server.script(reply('a'), { kind: 'status', status: i === 0 ? 404 : 400, body }, reply('b'), reply('c'));
      const service = llm({ ofModel: { model: 'm', extraBody: { thinking: false } } });
      const say = async (model?: string): Promise<string> =>
        textOf(await collect(service.stream({ ...REQUEST, model }, live())));
      expect([await say('there'), await say('x'), await say('x')], body).toEqual(['a', 'b', 'c']);
      expect(server.requests.map((request) => [request.body['model'], request.body['thinking']])).toEqual([
        ['there', undefined],
        ['x', undefined],
        ['m', false],
        ['m', false],
      ]);
    }
    server.script({ kind: 'status', status: 400, body: '{"error":{"message":"the model refuses this prompt"}}' });
    expect(await codeOf(llm().stream({ ...REQUEST, model: 'x' }, live()))).toBe('llm.failed');
  });
});

describe('the reply', () => {
  it('reports usage', async () => {
    server.script(reply('ok'));
    expect(await collect(llm().stream(REQUEST, live()))).toContainEqual({
      type: 'usage',
      inputTokens: 11,
      outputTokens: 5,
    });
  });

  it('assembles events that were split anywhere, even inside a character', async () => {
    const whole = Buffer.from([text('十二乘以七'), text('等于八十四。'), finish(), done].join(''));
    for (const size of [1, 7, 64]) {
      const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, index) =>
        whole.subarray(index * size, (index + 1) * size),
      );
      server.script({ kind: 'sse', chunks });
      expect(textOf(await collect(llm().stream(REQUEST, live())))).toBe('十二乘以七等于八十四。');
    }
  });

  it('accepts one huge chunk', async () => {
    const huge = 'word '.repeat(200_000);
    server.script(reply(huge));
    expect(textOf(await collect(llm().stream(REQUEST, live())))).toHaveLength(huge.length);
  });

  it('assembles a tool call that was split over deltas', async () => {
    const parts = [
      { index: 0, id: 'call_9', type: 'function', function: { name: 'self_audio_speaker_set_volume', arguments: '' } },
      { index: 0, function: { arguments: '{"vol' } },
      { index: 0, function: { arguments: 'ume": 3' } },
      { index: 0, function: { arguments: '0}' } },
      { index: 1, id: 'call_10', type: 'function', function: { name: 'self_get_device_status', arguments: '' } },
    ];
    server.script({ kind: 'sse', chunks: [...parts.map((part) => toolCall(part)), finish('tool_calls'), done] });
    const deltas = await collect(llm().stream({ ...REQUEST, tools: VOLUME_TOOLS }, live()));
    expect(deltas.flatMap((delta) => (delta.type === 'tool_call' ? [delta.call] : []))).toEqual([
      { id: 'call_9', name: 'self_audio_speaker_set_volume', arguments: { volume: 30 } },
      { id: 'call_10', name: 'self_get_device_status', arguments: {} },
    ]);
  });

  it('drops reasoning, and leaves <think> to the text cleaner', async () => {
    server.script({
      kind: 'sse',
      chunks: [thought('Let me see. '), thought('12*7'), text('<think>hm</think>'), text('84.'), finish(), done],
    });
    expect(textOf(await collect(llm().stream(REQUEST, live())))).toBe('<think>hm</think>84.');
  });

  it('reports a model that spends its whole reply on thinking', async () => {
    server.script({ kind: 'sse', chunks: [thought('Let me see...'), finish('length'), done] });
    const error = await failure(llm().stream(REQUEST, live()));
    expect(error).toMatchObject({ code: 'llm.failed' });
    expect((error as Error).message).toContain('thinking');
  });

  it('is an empty stream if the service sends nothing', async () => {
    server.script({ kind: 'sse', chunks: [finish(), done] });
    expect(textOf(await collect(llm().stream(REQUEST, live())))).toBe('');
  });
});

describe('ending a request', () => {
  it('aborting before the first token closes the socket', async () => {
    server.script({ kind: 'silence' });
    const controller = new AbortController();
    const result = failure(llm().stream(REQUEST, controller.signal));
    await server.received(1);
    const reason = new Error('barge-in');
    controller.abort(reason);
    expect(await result).toBe(reason);
    await server.requests[0]!.clientGone;
  });

  it('aborting during the stream closes the socket', async () => {
    server.script({ kind: 'sse', chunks: [text('Once')], end: 'stall' });
    const controller = new AbortController();
    const reason = new Error('barge-in');
    const reading = async (): Promise<void> => {
      for await (const delta of llm().stream(REQUEST, controller.signal))
        if (delta.type === 'text') controller.abort(reason);
    };
    await expect(reading()).rejects.toBe(reason);
    await server.requests[0]!.clientGone;
  });

  it('aborting without a reader closes the socket at once', async () => {
    server.script({ kind: 'sse', chunks: [text('Once')], end: 'stall' });
    const controller = new AbortController();
    const stream = llm().stream(REQUEST, controller.signal)[Symbol.asyncIterator]();
    expect(await stream.next()).toMatchObject({ value: { text: 'Once' } });
    const reason = new Error('barge-in');
    controller.abort(reason);
    await server.requests[0]!.clientGone;
    await expect(stream.next()).rejects.toBe(reason);
  });

  it('ending the iteration closes the socket', async () => {
    server.script({ kind: 'sse', chunks: [text('Once')], end: 'stall' });
    for await (const delta of llm().stream(REQUEST, live())) {
      expect(delta).toEqual({ type: 'text', text: 'Once' });
      break;
    }
    await server.requests[0]!.clientGone;
  });

  it('aborted replies leave no stream open, and connections do not accumulate', async () => {
    const own = await FakeLlmServer.start();
    own.script({ kind: 'sse', chunks: [text('Once')], end: 'stall' });
    const model = llm({ baseUrl: own.baseUrl });
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        Array.from({ length: 10 }, async () => {
          for await (const delta of model.stream(REQUEST, live())) if (delta.type === 'text') break;
        }),
      );
    }
    expect(own.requests).toHaveLength(100);
    await Promise.all(own.requests.map((request) => request.clientGone));
    await eventually(() => own.open === 0);
    await own.close();
  });
});

it('usage chunks after the end are harmless', async () => {
  server.script({ kind: 'sse', chunks: [text('84'), finish(), usage(1, 1), done, ': a comment\n\n'] });
  expect(textOf(await collect(llm().stream(REQUEST, live())))).toBe('84');
});
