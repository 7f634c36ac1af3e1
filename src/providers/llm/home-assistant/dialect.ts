import { textOrEmpty } from '../../wire/http.js';
import { apart, member, type EventDialect, type EventReader, type ServiceEvent } from '../event-llm.js';
import type { LlmDelta } from '../llm-port.js';

export const homeAssistantDialect: EventDialect = {
  name: 'home-assistant',
  whole: true,
  acts: true,
  request: (request, { model, apiKey }) => ({
    path: '/api/conversation/process',
    headers: { authorization: `Bearer ${apiKey}` },
    // Home Assistant matches the whole sentence, so no earlier words may precede the question.
    body: {
      text: apart(request).talk.findLast(({ role }) => role === 'user')?.content ?? '',
      language: request.language,
      agent_id: model,
    },
  }),
  reader: () => new HomeAssistantReader(),
};

/** Needs no error handling, because Home Assistant also answers in words if it could not do something. */
class HomeAssistantReader implements EventReader {
  done = false;

  *read({ data }: ServiceEvent): Generator<LlmDelta> {
    const speech = member(member(data, 'response'), 'speech');
    const text = textOrEmpty(member(speech, 'plain')['speech']) || textOrEmpty(member(speech, 'ssml')['speech']);
    if (text === '') return;
    this.done = true;
    yield { type: 'text', text };
  }
}
