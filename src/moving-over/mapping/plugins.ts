import { isAbsolute } from 'node:path';
import { both } from '../../core/index.js';
import { TOOL_SERVICES } from '../../providers/index.js';
import { isBranch, isPlaceholder, textOf, textsOf, type Branch, type Tree } from '../tree.js';
import type { Row, Values } from './row.js';

const fieldsOf = (value: Tree): Branch => (isBranch(value) ? value : {});

function filled(value: Tree | undefined): string | undefined {
  const text = textOf(value);
  return text === undefined || isPlaceholder(text) ? undefined : text;
}

const webAddress = (value: Tree | undefined): string | undefined => {
  const text = filled(value);
  return text !== undefined && /^https?:\/\/[^/]/.test(text) && URL.canParse(text) ? text : undefined;
};

/** The settings have the form of `config.yaml` or of the old server's web console. */
export const PLUGIN_ROWS: readonly Row[] = [
  {
    from: 'plugins.get_weather',
    to: 'tools.weather.place, tools.weather.provider, tools.weather.api_key, tools.weather.qweather_host',
    about: both(
      'The place is imported, and QWeather if its key and host are your own. Otherwise the weather comes from ' +
        'Open-Meteo, which needs no key.',
      '沿用地点；有自己的和风天气密钥和 API Host 时一并沿用，否则天气来自 Open-Meteo，不需要密钥。',
    ),
    take: takeWeather,
    secret: true,
  },
  {
    from: 'plugins.get_news_from_chinanews',
    to: 'tools.news.feeds',
    about: both('The feeds (RSS) are imported.', '沿用新闻源（RSS）。'),
    take: takeFeeds,
  },
  {
    from: 'plugins.get_news_from_newsnow',
    about: both(
      'NewsNow is not a feed. The nearest setting is tools.news.feeds, with RSS or Atom feeds.',
      'NewsNow 不是 RSS。最接近的做法：在 tools.news.feeds 里填 RSS 或 Atom。',
    ),
  },
  {
    from: 'plugins.home_assistant',
    to: 'tools.home_assistant.url, tools.home_assistant.token',
    about: both(
      'Address and token are imported. The list of devices is not needed, because the devices are found automatically.',
      '沿用地址和令牌；不需要设备列表，系统会自动找到设备。',
    ),
    take: takeHome,
    secret: true,
  },
  {
    from: 'plugins.play_music',
    to: 'tools.music.folders',
    about: both(
      'A folder with an absolute path is imported. A path relative to the old server has to be entered again.',
      '完整路径的文件夹会沿用；相对于原服务器的路径需要重新填写。',
    ),
    take(value) {
      const folder = filled(fieldsOf(value)['music_dir']);
      return folder !== undefined && isAbsolute(folder) ? { 'tools.music.folders': [folder] } : {};
    },
  },
  {
    from: 'plugins.web_search',
    to: 'tools.search.provider, tools.search.api_key, tools.search.most',
    about: both('Metaso and Tavily are imported with their key.', '秘塔和 Tavily 沿用，连同密钥。'),
    take: takeSearch,
    secret: true,
  },
  {
    from: 'plugins.*',
    about: both(
      'Chorus has no tool like it. MCP servers and plug-ins can add tools (docs/tools.md).',
      '没有对应的工具；可以用 MCP 服务器或插件添加（docs/tools.zh-CN.md）。',
    ),
    secret: true,
  },
];

const FEEDS = ['default', 'society', 'world', 'finance'] as const;

function takeFeeds(value: Tree): Values {
  const fields = fieldsOf(value);
  const feeds = FEEDS.flatMap((name) => {
    const url = webAddress(fields[`${name}_rss_url`]);
    return url === undefined ? [] : [[name === 'default' ? 'news' : name, url]];
  });
  return feeds.length === 0 ? {} : { 'tools.news.feeds': Object.fromEntries(feeds) };
}

/** The Python server ships a key of its authors, which must not be imported. The key belongs to this QWeather host. */
const SHIPPED_WEATHER_HOST = 'mj7p3y7naa.re.qweatherapi.com';

function takeWeather(value: Tree): Values {
  const fields = fieldsOf(value);
  const [place, key, host] = ['default_location', 'api_key', 'api_host'].map((name) => filled(fields[name]));
  const address = host === undefined ? undefined : webAddress(/^https?:\/\//.test(host) ? host : `https://${host}`);
  const own = key !== undefined && address !== undefined && new URL(address).hostname !== SHIPPED_WEATHER_HOST;
  return {
    ...(place !== undefined && { 'tools.weather.place': place }),
    ...(own && {
      'tools.weather.provider': 'qweather',
      'tools.weather.api_key': key,
      'tools.weather.qweather_host': address,
    }),
  };
}

function takeHome(value: Tree): Values {
  const fields = fieldsOf(value);
  const [url, token] = [webAddress(fields['base_url']), filled(fields['api_key'])];
  return url === undefined || token === undefined
    ? {}
    : { 'tools.home_assistant.url': url, 'tools.home_assistant.token': token };
}

const KEYED_SEARCH = new Set(
  Object.entries<readonly string[]>(TOOL_SERVICES.search)
    .filter(([, needs]) => needs.join() === 'api_key')
    .map(([id]) => id),
);

function takeSearch(value: Tree): Values {
  const fields = fieldsOf(value);
  const provider = filled(fields['provider']) ?? 'metaso';
  const key = filled(fields['api_key']) ?? filled(fields[`${provider}_api_key`]);
  if (!KEYED_SEARCH.has(provider) || key === undefined) return {};
  const most = Number(textOf(fields['max_results']));
  return {
    'tools.search.provider': provider,
    'tools.search.api_key': key,
    ...(Number.isInteger(most) && most >= 1 && most <= 10 && { 'tools.search.most': most }),
  };
}

/** Converts pairs `source|target`. Semicolons or line breaks separate the pairs of a text. */
export function corrections(value: Tree): Values | undefined {
  const lines = (textsOf(value) ?? []).flatMap((text) => text.split(/[;；\r\n]/));
  const pairs = lines.flatMap((line) => {
    const [heard = '', meant, ...more] = line.split(/[|｜]/).map((part) => part.trim());
    const fits = more.length === 0 && meant !== undefined && heard !== '' && heard.length <= 64 && meant.length <= 64;
    return fits ? [[heard, meant]] : [];
  });
  return pairs.length === 0 ? undefined : { 'asr.corrections': Object.fromEntries(pairs) };
}
