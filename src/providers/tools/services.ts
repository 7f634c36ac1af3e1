import { z } from 'zod';
import { both } from '../../core/index.js';
import { described, httpUrl, secret, text, words } from '../settings.js';
import { missingSetting, toolServiceIds } from './tool-services.js';
import { defineToolSettings } from './tool-settings.js';

const OFF = both('switched off', '已关闭');

export const weatherSettings = defineToolSettings({
  id: 'weather',
  name: both('Weather', '天气'),
  unproven: true,
  settings: described(
    z.strictObject({
      enabled: described(
        z.boolean().default(true),
        'Offer the weather. The place that is asked for goes to the service.',
        '提供天气查询。所问的地点会发给天气服务。',
      ),
      place: described(
        text(80)
          .optional()
          .meta({ examples: ['Berlin', '北京'] }),
        'Place of devices whose agent has none. Without both the user has to name one.',
        '设备所在的地方，用于自己没有地点的智能体。两处都没有时用户要说出地点。',
      ),
      units: z
        .enum(['metric', 'imperial'])
        .default('metric')
        .meta(words('Degrees Celsius or Fahrenheit.', '摄氏度或华氏度。')),
      provider: z
        .enum(toolServiceIds('weather'))
        .default('open-meteo')
        .meta(words('The service. QWeather needs a key and its host.', '由谁提供。和风天气需要密钥和 API Host。')),
      api_key: secret('Key of QWeather; Open-Meteo needs none.', '和风天气的密钥；Open-Meteo 不需要。'),
      qweather_host: httpUrl
        .optional()
        .meta({ examples: ['https://abc.qweatherapi.com'] })
        .meta(words('Address that QWeather gave you (API host).', '和风天气分配的地址（API Host）。')),
      url: httpUrl
        .default('https://api.open-meteo.com/v1/forecast')
        .meta(words('Forecasts of Open-Meteo, which needs no key.', 'Open-Meteo 的预报地址，不需要密钥。')),
      geocoding_url: httpUrl
        .default('https://geocoding-api.open-meteo.com/v1/search')
        .meta(words('Address of the service that finds places.', '查询地点的地址。')),
    }),
    'The weather, from Open-Meteo or QWeather.',
    '天气，来自 Open-Meteo 或和风天气。',
  ),
  missing: (settings) => (settings.enabled ? missingSetting('weather', settings) : OFF),
});

export const newsSettings = defineToolSettings({
  id: 'news',
  name: both('News', '新闻'),
  unproven: true,
  settings: described(
    z.strictObject({
      feeds: described(
        z
          .record(text(40), httpUrl)
          .default({})
          .meta({ examples: [{ world: 'https://example.org/news.rss' }] }),
        'RSS or Atom feeds by the name that people say.',
        'RSS 或 Atom 源，按人们说的名字。',
      ),
      most: z.int().min(1).max(20).default(5).meta(words('Headlines of an answer.', '一次播报几条。')),
    }),
    'Headlines of feeds.',
    '新闻源里的标题。',
  ),
  missing: ({ feeds }) =>
    Object.keys(feeds).length > 0
      ? undefined
      : both('no feed in `tools.news.feeds`', '`tools.news.feeds` 里没有新闻源'),
});

export const searchSettings = defineToolSettings({
  id: 'search',
  name: both('Web search', '联网搜索'),
  unproven: true,
  settings: described(
    z.strictObject({
      provider: z
        .enum(['none', ...toolServiceIds('search')])
        .default('none')
        .meta(words('Search service.', '搜索用的服务。')),
      api_key: secret('Key of the service; SearXNG needs none.', '服务的密钥；SearXNG 不需要。'),
      url: described(
        httpUrl.optional(),
        "Address; without it the service's own. SearXNG needs one.",
        '地址；不设置时用服务自己的。SearXNG 必须设置。',
      ),
      most: z.int().min(1).max(10).default(5).meta(words('Results for the model.', '给大模型几条结果。')),
    }),
    'Search in the web.',
    '联网搜索。',
  ),
  missing: (settings) => missingSetting('search', settings),
});

export const knowledgeServiceSettings = defineToolSettings({
  id: 'knowledge_service',
  name: both('Knowledge service', '知识库服务'),
  unproven: true,
  settings: described(
    z.strictObject({
      provider: z
        .enum(['none', ...toolServiceIds('knowledge_service')])
        .default('none')
        .meta(words('Service with documents.', '由哪个服务提供文档。')),
      url: httpUrl
        .optional()
        .meta({ examples: ['http://ragflow.local:9380', 'https://api.dify.ai'] })
        .meta(words('Its address, without a path.', '它的地址，不带路径。')),
      api_key: secret('Its key; of Dify the key for knowledge.', '它的密钥；Dify 用知识库的密钥。'),
      datasets: described(
        z
          .array(text(80))
          .max(16)
          .default([])
          .meta({ examples: [['0f3a…']] }),
        'Ids of the datasets that are searched.',
        '要查找的数据集的 ID。',
      ),
      about: described(
        text(300)
          .optional()
          .meta({ examples: ['opening hours and prices of our shop', '本店的营业时间和价格'] }),
        'Their subject in words for the model, which decides by them when to search.',
        '里面有什么，说给大模型听：它据此决定何时查找。',
      ),
      most: z.int().min(1).max(10).default(5).meta(words('Passages for the model.', '给大模型几段。')),
    }),
    'Documents in RAGFlow or Dify. A small store of its own is built in (docs/knowledge.md).',
    'RAGFlow 或 Dify 里的文档。另有内置的小知识库（docs/knowledge.zh-CN.md）。',
  ),
  missing(settings) {
    const { datasets } = settings;
    const missing = missingSetting('knowledge_service', settings);
    if (missing) return missing;
    return datasets.length > 0
      ? undefined
      : both('`tools.knowledge_service.datasets` is empty', '`tools.knowledge_service.datasets` 为空');
  },
});

export const homeAssistantSettings = defineToolSettings({
  id: 'home_assistant',
  name: both('Home Assistant', 'Home Assistant'),
  settings: described(
    z.strictObject({
      url: httpUrl
        .optional()
        .meta({ examples: ['http://homeassistant.local:8123'] })
        .meta(words('Address of Home Assistant.', 'Home Assistant 的地址。')),
      token: secret('A long-lived access token of it.', '它的长期访问令牌。'),
      mcp: z
        .boolean()
        .default(true)
        .meta(
          words(
            'Use its own MCP server if it has one, else its REST interface; false: always REST.',
            '有自己的 MCP 服务器就用它，没有就用 REST 接口；false：始终用 REST。',
          ),
        ),
      domains: described(
        z
          .array(text(40))
          .max(32)
          .default([
            'light',
            'switch',
            'cover',
            'climate',
            'fan',
            'scene',
            'script',
            'media_player',
            'vacuum',
            'sensor',
            'lock',
            'input_boolean',
          ]),
        'Kinds of entities that may be seen.',
        '可以看到哪些种类的实体。',
      ),
    }),
    'Devices of a home, by the MCP server of Home Assistant or by its REST interface (docs/skills.md).',
    '通过 Home Assistant 的 MCP 服务器或 REST 接口控制家里的设备（docs/skills.zh-CN.md）。',
  ),
  missing({ url, token }) {
    if (url === undefined) return both('`tools.home_assistant.url` is missing', '缺少 `tools.home_assistant.url`');
    return token === undefined
      ? both('`tools.home_assistant.token` is missing', '缺少 `tools.home_assistant.token`')
      : undefined;
  },
});
