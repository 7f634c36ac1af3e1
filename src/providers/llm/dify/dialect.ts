import { textOrEmpty } from '../../wire/http.js';
import {
  apart,
  failed,
  member,
  numberIn,
  type EventDialect,
  type EventReader,
  type ServiceEvent,
} from '../event-llm.js';
import type { LlmDelta } from '../llm-port.js';

export const difyDialect: EventDialect = {
  name: 'dify',
  request: (request, { apiKey }) => ({
    path: '/chat-messages',
    headers: { authorization: `Bearer ${apiKey}` },
    body: { inputs: {}, query: queryOf(apart(request).talk), response_mode: 'streaming', user: 'chorus' },
  }),
  reader: () => new DifyReader(),
};

/**
 * The app's own history contains words that the person did not hear. So each question starts a new conversation and
 * contains the earlier messages.
 */
function queryOf(talk: ReturnType<typeof apart>['talk']): string {
  const before = talk.slice(0, -1).filter(({ content }) => content !== '');
  const question = talk.at(-1)?.content ?? '';
  if (before.length === 0) return question;
  const lines = before.map(({ role, content }) => `${role}: ${content}`);
  return `${lines.join('\n')}\nuser: ${question}`;
}

const ANSWERS: ReadonlySet<unknown> = new Set(['message', 'agent_message']);

class DifyReader implements EventReader {
  done = false;

  *read({ data }: ServiceEvent): Generator<LlmDelta> {
    const { event } = data;
    if (event === 'error') throw failed(data);
    if (ANSWERS.has(event) && textOrEmpty(data['answer']) !== '')
      yield { type: 'text', text: textOrEmpty(data['answer']) };
    if (event !== 'message_end') return;
    this.done = true;
    const usage = member(member(data, 'metadata'), 'usage');
    yield {
      type: 'usage',
      inputTokens: numberIn(usage, 'prompt_tokens'),
      outputTokens: numberIn(usage, 'completion_tokens'),
    };
  }
}
