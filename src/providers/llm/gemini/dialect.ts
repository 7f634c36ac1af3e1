import { objectOf, textOrEmpty } from '../../wire/http.js';
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
import type { LlmDelta, LlmRequest } from '../llm-port.js';

type Part = Readonly<Record<string, unknown>>;

export const geminiDialect: EventDialect = {
  name: 'gemini',
  request(request, { model, temperature, apiKey }) {
    const { system, talk } = apart(request);
    return {
      path: `/models/${encodeURIComponent(model)}:streamGenerateContent?alt=sse`,
      headers: { 'x-goog-api-key': apiKey },
      body: {
        ...(system !== '' && { systemInstruction: { parts: [{ text: system }] } }),
        contents: alternating(talk, partsOf).map(({ role, parts }) => ({
          role: role === 'assistant' ? 'model' : role,
          parts,
        })),
        ...(request.tools.length > 0 && {
          tools: [
            {
              functionDeclarations: request.tools.map(({ name, description, inputSchema }) => ({
                name,
                description,
                parametersJsonSchema: inputSchema,
              })),
            },
          ],
        }),
        generationConfig: {
          maxOutputTokens: request.maxTokens,
          ...(temperature !== undefined && { temperature }),
          // Turns reasoning off, because its tokens would delay the reply and count towards `maxOutputTokens`.
          ...(model.startsWith('gemini-2.5-flash') && { thinkingConfig: { thinkingBudget: 0 } }),
        },
      },
    };
  },
  reader: () => new GeminiReader(),
};

function partsOf(message: LlmRequest['messages'][number]): Part[] {
  if (message.role === 'tool')
    return [{ functionResponse: { name: message.name, response: { result: message.content } } }];
  const text = message.content === '' ? [] : [{ text: message.content }];
  if (message.role === 'assistant')
    return [
      ...text,
      ...(message.toolCalls ?? []).map(({ name, arguments: args }) => ({ functionCall: { name, args } })),
    ];
  const images = message.role === 'user' ? (message.images ?? []) : [];
  return [
    ...text,
    ...images.map(({ bytes, mediaType }) => ({
      inlineData: { mimeType: mediaType, data: Buffer.from(bytes).toString('base64') },
    })),
  ];
}

class GeminiReader implements EventReader {
  done = false;
  #calls = 0;

  *read({ data }: ServiceEvent): Generator<LlmDelta> {
    if (data['error'] !== undefined) throw failed(member(data, 'error'));
    if (member(data, 'promptFeedback')['blockReason'] !== undefined) throw failed(member(data, 'promptFeedback'));
    const candidate = Array.isArray(data['candidates']) ? (objectOf(data['candidates'][0]) ?? {}) : {};
    const { parts } = member(candidate, 'content');
    for (const value of Array.isArray(parts) ? parts : []) yield* this.#part(objectOf(value) ?? {});
    if (candidate['finishReason'] === undefined) return;
    this.done = true;
    const usage = member(data, 'usageMetadata');
    yield {
      type: 'usage',
      inputTokens: numberIn(usage, 'promptTokenCount'),
      outputTokens: numberIn(usage, 'candidatesTokenCount'),
    };
  }

  *#part(part: Part): Generator<LlmDelta> {
    if (part['thought'] === true) return;
    if (typeof part['text'] === 'string' && part['text'] !== '') yield { type: 'text', text: part['text'] };
    const call = objectOf(part['functionCall']);
    if (!call) return;
    this.#calls += 1;
    const id = textOrEmpty(call['id']) || `call_${this.#calls}`;
    yield { type: 'tool_call', call: { id, name: textOrEmpty(call['name']), arguments: member(call, 'args') } };
  }
}
