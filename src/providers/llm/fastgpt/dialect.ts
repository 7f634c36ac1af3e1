import { objectOf, textOrEmpty } from '../../wire/http.js';
import { apart, failed, type EventDialect, type EventReader, type ServiceEvent } from '../event-llm.js';
import type { LlmDelta } from '../llm-port.js';

export const fastgptDialect: EventDialect = {
  name: 'fastgpt',
  request: (request, { apiKey }) => ({
    path: '/chat/completions',
    headers: { authorization: `Bearer ${apiKey}` },
    body: {
      // No chat id, because with one the service would add its own history, which includes words that nobody heard.
      stream: true,
      detail: false,
      messages: apart(request)
        .talk.filter(({ role, content }) => role !== 'tool' && content !== '')
        .map(({ role, content }) => ({ role, content })),
    },
  }),
  reader: () => new FastgptReader(),
};

class FastgptReader implements EventReader {
  done = false;

  *read({ name, data }: ServiceEvent): Generator<LlmDelta> {
    if (name === 'error' || data['error'] !== undefined) throw failed(objectOf(data['error']) ?? data);
    const choice = Array.isArray(data['choices']) ? objectOf(data['choices'][0]) : undefined;
    const text = textOrEmpty(objectOf(choice?.['delta'])?.['content']);
    if (text !== '') yield { type: 'text', text };
    if (choice?.['finish_reason'] === 'stop') this.done = true;
  }
}
