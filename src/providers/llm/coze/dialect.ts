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

export const cozeDialect: EventDialect = {
  name: 'coze',
  request: (request, { model, apiKey }) => ({
    path: '/v3/chat',
    headers: { authorization: `Bearer ${apiKey}` },
    body: {
      bot_id: model,
      user_id: 'chorus',
      stream: true,
      auto_save_history: false,
      additional_messages: apart(request)
        .talk.filter(({ role, content }) => role !== 'tool' && content !== '')
        .map(({ role, content }) => ({ role, content, content_type: 'text' })),
    },
  }),
  reader: () => new CozeReader(),
};

class CozeReader implements EventReader {
  done = false;

  *read({ name, data }: ServiceEvent): Generator<LlmDelta> {
    if (name === 'error') throw failed(data);
    if (name === 'conversation.chat.failed') throw failed(member(data, 'last_error'));
    const content = textOrEmpty(data['content']);
    if (name === 'conversation.message.delta' && data['type'] === 'answer' && content !== '')
      yield { type: 'text', text: content };
    if (name !== 'conversation.chat.completed') return;
    this.done = true;
    const usage = member(data, 'usage');
    yield {
      type: 'usage',
      inputTokens: numberIn(usage, 'input_count'),
      outputTokens: numberIn(usage, 'output_count'),
    };
  }
}
