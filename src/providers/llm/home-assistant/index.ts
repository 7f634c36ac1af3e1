import { both } from '../../../core/index.js';
import { defineLanguageModel } from '../../descriptor.js';
import { isPlaceholder, textOf, withoutEndpoint } from '../../imported-settings.js';
import { withoutSlash } from '../../wire/http.js';
import { createEventLlm } from '../event-llm.js';
import { probePage } from '../probe-page.js';
import { homeAssistantDialect } from './dialect.js';

const OWN_AGENT = 'conversation.home_assistant';

/**
 * The conversation API of Home Assistant ("/api/conversation/process"). `llm.model` is the id of the agent that
 * answers.
 */
export const homeAssistantConversation = defineLanguageModel({
  id: 'home-assistant',
  name: both('Home Assistant', 'Home Assistant'),
  about: both(
    'the conversation agent of Home Assistant; llm.model names another of its agents; each sentence stands alone',
    'Home Assistant 的对话代理，llm.model 可填其他代理；每句话单独处理',
  ),
  local: false,
  key: { variables: ['HOME_ASSISTANT_TOKEN', 'HASS_TOKEN'], required: true },
  chosenBy: 'preset',
  remote: true,
  baseUrl: 'http://homeassistant.local:8123',
  model: OWN_AGENT,
  whole: true,
  acts: true,
  unproven: true,
  importFrom: [
    {
      types: ['homeassistant'],
      to: 'llm.preset, llm.base_url, llm.model, llm.api_key',
      about: both(
        'Home Assistant as a conversation partner: address, agent and token are taken.',
        'Home Assistant 对话代理：沿用地址、代理和令牌。',
      ),
      take(settings) {
        const url = textOf(settings['base_url']);
        const key = textOf(settings['api_key']);
        const agent = textOf(settings['agent_id']);
        if (url === undefined || isPlaceholder(url) || !URL.canParse(url)) return undefined;
        if (key === undefined || isPlaceholder(key)) return undefined;
        return {
          fields: [
            { field: 'type', key: 'llm.preset', value: 'home-assistant' },
            { field: 'base_url', key: 'llm.base_url', value: withoutEndpoint(url) },
            ...(agent === undefined ? [] : [{ field: 'agent_id', key: 'llm.model', value: agent }]),
            { field: 'api_key', key: 'llm.api_key', value: key },
          ],
        };
      },
    },
  ],
  create: (settings, context) => createEventLlm(homeAssistantDialect, settings, context),
  // Sends no test sentence, because it could switch a device.
  probe: ({ baseUrl, apiKey }, context) => probePage(`${withoutSlash(baseUrl)}/api/`, apiKey, context),
});
