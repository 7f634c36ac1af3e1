import { objectOf, textOrEmpty } from '../../wire/http.js';
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

export const bailianDialect: EventDialect = {
  name: 'bailian-app',
  request: (request, { model, apiKey }) => ({
    path: `/apps/${encodeURIComponent(model)}/completion`,
    headers: { authorization: `Bearer ${apiKey}`, 'x-dashscope-sse': 'enable' },
    body: {
      input: {
        messages: apart(request)
          .talk.filter(({ role, content }) => role !== 'tool' && content !== '')
          .map(({ role, content }) => ({ role, content })),
      },
      parameters: { incremental_output: true },
      debug: {},
    },
  }),
  reader: () => new BailianReader(),
};

class BailianReader implements EventReader {
  done = false;

  *read({ name, data }: ServiceEvent): Generator<LlmDelta> {
    if (name === 'error' || (data['code'] !== undefined && data['output'] === undefined)) throw failed(data);
    const output = member(data, 'output');
    const text = textOrEmpty(output['text']);
    if (text !== '') yield { type: 'text', text };
    // Until the end, the service sends the string "null" as the finish reason.
    if (output['finish_reason'] !== 'stop') return;
    this.done = true;
    const { models } = member(data, 'usage');
    const usage = (Array.isArray(models) ? objectOf(models[0]) : undefined) ?? {};
    yield {
      type: 'usage',
      inputTokens: numberIn(usage, 'input_tokens'),
      outputTokens: numberIn(usage, 'output_tokens'),
    };
  }
}
