import { uiLanguage } from '../../../core/index.js';
import { objectOf, textOrEmpty } from '../../wire/http.js';
import { apart, member, type EventDialect, type EventReader, type ServiceEvent } from '../event-llm.js';
import type { LlmDelta } from '../llm-port.js';
import { llmWords } from '../words.js';

export const homeAssistantDialect: EventDialect = {
  name: 'home-assistant',
  whole: true,
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
  reader: ({ language }) => new HomeAssistantReader(language),
};

/** Needs no error handling, because Home Assistant also answers in words if it could not do something. */
class HomeAssistantReader implements EventReader {
  done = false;

  constructor(private readonly language: string) {}

  *read({ data }: ServiceEvent): Generator<LlmDelta> {
    const response = objectOf(data['response']);
    if (!response) return;
    this.done = true;
    const speech = member(response, 'speech');
    const said = textOrEmpty(member(speech, 'plain')['speech']) || textOrEmpty(member(speech, 'ssml')['speech']);
    // Scripts and intents of the user may act without a word.
    const text =
      said === '' && response['response_type'] === 'action_done' ? llmWords.done[uiLanguage(this.language)] : said;
    if (text !== '') yield { type: 'text', text };
  }
}
