import { textOrEmpty } from '../../wire/http.js';
import {
  alternating,
  apart,
  failed,
  member,
  numberIn,
  type EventDialect,
  type EventReader,
  type ServiceEvent,
} from '../event-llm.js';
import { readArguments } from '../tool-arguments.js';
import type { LlmDelta, LlmRequest } from '../llm-port.js';

type Block = Readonly<Record<string, unknown>>;

export const anthropicDialect: EventDialect = {
  name: 'anthropic',
  request(request, { model, temperature, apiKey }) {
    const { system, talk } = apart(request);
    return {
      path: '/messages',
      headers: { 'x-api-key': apiKey, 'anthropic-version': '2023-06-01' },
      body: {
        model,
        max_tokens: request.maxTokens,
        stream: true,
        ...(system !== '' && { system }),
        ...(temperature !== undefined && { temperature: Math.min(1, temperature) }),
        messages: alternating(talk, blocksOf).map(({ role, parts }) => ({ role, content: parts })),
        ...(request.tools.length > 0 && {
          tools: request.tools.map(({ name, description, inputSchema }) => ({
            name,
            description,
            input_schema: inputSchema,
          })),
        }),
      },
    };
  },
  reader: () => new AnthropicReader(),
};

function blocksOf(message: LlmRequest['messages'][number]): Block[] {
  const text = message.content === '' ? [] : [{ type: 'text', text: message.content }];
  switch (message.role) {
    case 'tool':
      return [{ type: 'tool_result', tool_use_id: message.toolCallId, content: message.content }];
    case 'assistant':
      return [
        ...text,
        ...(message.toolCalls ?? []).map(({ id, name, arguments: input }) => ({ type: 'tool_use', id, name, input })),
      ];
    case 'user':
      return [
        ...text,
        ...(message.images ?? []).map(({ bytes, mediaType }) => ({
          type: 'image',
          source: { type: 'base64', media_type: mediaType, data: Buffer.from(bytes).toString('base64') },
        })),
      ];
    default:
      return text;
  }
}

class AnthropicReader implements EventReader {
  done = false;
  #inputTokens: number | undefined;
  #outputTokens: number | undefined;
  readonly #calls = new Map<unknown, { readonly id: string; readonly name: string; json: string }>();

  *read({ data }: ServiceEvent): Generator<LlmDelta> {
    const { type, index } = data;
    if (type === 'error') throw failed(member(data, 'error'));
    if (type === 'message_start')
      this.#inputTokens = numberIn(member(member(data, 'message'), 'usage'), 'input_tokens');
    if (type === 'content_block_start') {
      const block = member(data, 'content_block');
      if (block['type'] === 'tool_use')
        this.#calls.set(index, { id: textOrEmpty(block['id']), name: textOrEmpty(block['name']), json: '' });
    }
    if (type === 'content_block_delta') {
      const delta = member(data, 'delta');
      if (delta['type'] === 'text_delta') yield { type: 'text', text: textOrEmpty(delta['text']) };
      const call = this.#calls.get(index);
      if (delta['type'] === 'input_json_delta' && call) call.json += textOrEmpty(delta['partial_json']);
    }
    if (type === 'content_block_stop') yield* this.#finish(index);
    if (type === 'message_delta') this.#outputTokens = numberIn(member(data, 'usage'), 'output_tokens');
    if (type !== 'message_stop') return;
    this.done = true;
    yield { type: 'usage', inputTokens: this.#inputTokens, outputTokens: this.#outputTokens };
  }

  *#finish(index: unknown): Generator<LlmDelta> {
    const call = this.#calls.get(index);
    this.#calls.delete(index);
    if (call) yield { type: 'tool_call', call: { id: call.id, name: call.name, ...readArguments(call.json) } };
  }
}
