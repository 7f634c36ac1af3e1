import { ChorusError, type Logger } from '../../core/index.js';
import type { ChatMessage, LlmProvider, LlmRequest } from './llm-port.js';

/**
 * Asks once more without the older half if the conversation is too long for the model. Otherwise every later question
 * would fail too.
 */
export function withShorterHistory(llm: LlmProvider, log: Logger): LlmProvider {
  return {
    id: llm.id,
    local: llm.local,
    ...(llm.byRules && { byRules: true }),
    expect: () => llm.expect?.(),
    async *stream(request: LlmRequest, signal: AbortSignal) {
      let begun = false;
      try {
        for await (const delta of llm.stream(request, signal)) {
          begun = true;
          yield delta;
        }
      } catch (error) {
        const messages = newerHalf(request.messages);
        const tooLong = error instanceof ChorusError && error.code === 'llm.too_long';
        if (begun || signal.aborted || !tooLong || messages.length === request.messages.length) throw error;
        log.info('The conversation is too long for the language model; its older half is left out', { llm: llm.id });
        yield* llm.stream({ ...request, messages }, signal);
      }
    },
  };
}

const isPrompt = ({ role }: ChatMessage): boolean => role === 'system';
const isUser = ({ role }: ChatMessage): boolean => role === 'user';

function newerHalf(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const said = messages.filter((message) => !isPrompt(message));
  const newer = said.findIndex((message, index) => isUser(message) && index >= said.length / 2);
  const from = newer >= 0 ? newer : said.findLastIndex(isUser);
  return from <= 0 ? messages : [...messages.filter(isPrompt), ...said.slice(from)];
}
