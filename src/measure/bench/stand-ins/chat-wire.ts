import type { ServerResponse } from 'node:http';
import type { UiLanguage } from '../../../core/index.js';
import type { ReplyText } from './reply-text.js';

const MODEL = 'stand-in';

export interface ChatRequest {
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly language: UiLanguage;
  readonly offersTool: boolean;
  readonly afterTool: boolean;
  readonly inputTokens: number;
}

/** Reads the body of `POST /v1/chat/completions`, whose `messages` is an array. */
export function readChat(body: Readonly<Record<string, unknown>>, toolName: string | undefined): ChatRequest {
  const messages = (body['messages'] as unknown[]).map(
    (message) => message as { role?: unknown; content?: unknown } | null,
  );
  const texts = messages.map((message) => ({ role: message?.role, text: JSON.stringify(message?.content ?? '') }));
  const system = texts.find(({ role }) => role === 'system' || role === 'developer') ?? texts.at(-1);
  const tools = Array.isArray(body['tools']) ? (body['tools'] as { function?: { name?: unknown } }[]) : [];
  return {
    stream: body['stream'] === true,
    includeUsage:
      (body['stream_options'] as { include_usage?: unknown } | undefined)?.include_usage === true ||
      body['stream'] !== true,
    language: mostlyChinese(system?.text ?? '') ? 'zh' : 'en',
    offersTool: toolName !== undefined && tools.some((tool) => tool.function?.name === toolName),
    afterTool: texts.at(-1)?.role === 'tool',
    inputTokens: Math.ceil(texts.reduce((sum, { text }) => sum + text.length, 0) / 4),
  };
}

function mostlyChinese(text: string): boolean {
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  return han * 4 > (text.match(/\p{L}/gu)?.length ?? 0);
}

/** Writes the answer as an event stream, or as one object at the end if no stream was requested. */
export class ChatStream {
  #begun = false;
  #tool: unknown;

  constructor(
    private readonly response: ServerResponse,
    private readonly streamed: boolean,
  ) {}

  text(content: string): void {
    this.#event({ role: 'assistant', content });
  }

  tool(id: string, name: string, args: string): void {
    this.#tool = { index: 0, id, type: 'function', function: { name, arguments: args } };
    this.#event({ role: 'assistant', tool_calls: [this.#tool] });
  }

  finish(
    reason: 'stop' | 'tool_calls',
    usage: { readonly input: number; readonly output: number } | undefined,
    reply: ReplyText | undefined,
  ): void {
    const tokens = usage && {
      prompt_tokens: usage.input,
      completion_tokens: usage.output,
      total_tokens: usage.input + usage.output,
    };
    if (!this.streamed) {
      const message = {
        role: 'assistant',
        content: reply?.tokens.join('') ?? null,
        ...(this.#tool !== undefined && { tool_calls: [this.#tool] }),
      };
      this.response.writeHead(200, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          ...ENVELOPE,
          object: 'chat.completion',
          choices: [{ index: 0, message, finish_reason: reason }],
          usage: tokens,
        }),
      );
      return;
    }
    this.#event({}, reason);
    if (tokens) this.#write({ ...ENVELOPE, choices: [], usage: tokens });
    this.response.end('data: [DONE]\n\n');
  }

  #event(delta: Readonly<Record<string, unknown>>, reason: string | null = null): void {
    if (this.streamed) this.#write({ ...ENVELOPE, choices: [{ index: 0, delta, finish_reason: reason }] });
  }

  #write(value: unknown): void {
    if (!this.#begun)
      this.response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    this.#begun = true;
    this.response.write(`data: ${JSON.stringify(value)}\n\n`);
  }
}

const ENVELOPE = { id: 'chatcmpl-stand-in', object: 'chat.completion.chunk', created: 0, model: MODEL };

/** Answer to `GET /v1/models`. */
export function modelList(): unknown {
  return { object: 'list', data: [{ id: MODEL, object: 'model', created: 0, owned_by: 'chorus' }] };
}
