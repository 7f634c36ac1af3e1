import { FakeClock } from './fake-clock.js';
import { ChorusError, noMetrics, silentLogger } from '../../src/core/index.js';
import { createConversation } from '../../src/conversation/dialogue/conversation.js';
import type {
  ConversationOptions,
  ConversationSettings,
} from '../../src/conversation/dialogue/conversation-options.js';
import { noTools } from '../../src/conversation/tools/index.js';
import type { Toolbox } from '../../src/conversation/tools/tool-source.js';
import type { ToolAnswer } from '../../src/conversation/tools/tool.js';
import type { ReplyPart } from '../../src/conversation/dialogue/conversation-port.js';
import type { LlmDelta, LlmProvider, LlmRequest } from '../../src/providers/llm/llm-port.js';

export const text = (content: string): LlmDelta => ({ type: 'text', text: content });
export const call = (name: string, args: Record<string, unknown> = {}): LlmDelta => ({
  type: 'tool_call',
  call: { id: `id-${name}`, name, arguments: args },
});

/**
 * A language model. Each request gets the next script, and the last script is repeated. An Error in a script is thrown.
 */
export function model(...scripts: readonly (readonly (LlmDelta | Error)[])[]): {
  llm: LlmProvider;
  requests: LlmRequest[];
} {
  const requests: LlmRequest[] = [];
  const llm: LlmProvider = {
    id: 'scripted',
    local: true,
    async *stream(request) {
      requests.push(request);
      await Promise.resolve();
      for (const delta of scripts[Math.min(requests.length, scripts.length) - 1] ?? []) {
        if (delta instanceof Error) throw delta;
        yield delta;
      }
    },
  };
  return { llm, requests };
}

/** A conversation that an unknown device has with that model. */
export function conversation(
  llm: LlmProvider,
  { persona, maxTokens = 300, historyTurns = 10, ...options }: Partial<ConversationOptions & ConversationSettings> = {},
) {
  return createConversation({
    settings: () => ({ llm, persona, maxTokens, historyTurns }),
    device: undefined,
    clock: new FakeClock(),
    log: silentLogger,
    metrics: noMetrics,
    ...options,
  });
}

export const input = (said: string, tools: Toolbox = noTools, language = 'en-US') => ({
  text: said,
  language,
  timeZone: 'Asia/Shanghai',
  tools,
});
export const live = (): AbortSignal => new AbortController().signal;

export async function parts(stream: AsyncIterable<ReplyPart>): Promise<ReplyPart[]> {
  const all: ReplyPart[] = [];
  for await (const part of stream) all.push(part);
  return all;
}

export function spoken(all: readonly ReplyPart[]): string {
  return all.flatMap((part) => (part.type === 'speech' ? [part.text] : [])).join(' ');
}

/** Tools that give these answers. An Error is thrown. */
export function box(answers: Record<string, string | Error>): {
  tools: Toolbox;
  calls: { name: string; args: unknown }[];
} {
  const calls: { name: string; args: unknown }[] = [];
  return {
    calls,
    tools: {
      ...noTools,
      list: () =>
        Object.keys(answers).map((name) => ({
          name,
          description: name,
          inputSchema: { type: 'object', properties: {} },
          effects: 'device',
          confirm: false,
        })),
      async call(name, args) {
        calls.push({ name, args });
        await Promise.resolve();
        const answer = answers[name];
        if (answer === undefined || answer instanceof Error)
          throw answer ?? new ChorusError('tool.failed', 'no such tool');
        return { text: answer };
      },
    },
  };
}

/** A toolbox with one tool, `farewell`, which does nothing. */
export function answering(answer: ToolAnswer): Toolbox {
  return {
    ...noTools,
    list: () => [{ name: 'farewell', description: '', inputSchema: {}, effects: 'none', confirm: false }],
    call: () => Promise.resolve(answer),
  };
}
