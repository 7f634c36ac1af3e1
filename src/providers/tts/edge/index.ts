import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineVoice, type KnownVoice } from '../../descriptor.js';
import { textOf, type Branch, type ImportedProvider } from '../../imported-settings.js';
import { concurrentSentences, described, serviceLimits } from '../../settings.js';
import { withProbe } from '../with-probe.js';
import { EDGE_URL, edgeTts, probeEdge } from './edge.js';
import { EDGE_LANGUAGES } from './voices.js';

const voice = (name: string, language: string, en: string, zh: string): KnownVoice => ({
  name,
  language,
  title: { en, zh },
});

const settings = z.strictObject({
  url: described(
    z.url({ protocol: /^wss?$/, hostname: /.+/, error: 'not a ws(s) URL' }).default(EDGE_URL),
    'Address of the Edge read-aloud service (unofficial, may move).',
    'Edge 朗读服务的地址（非官方，可能变动）。',
  ),
  version: described(
    z
      .string()
      .regex(/^\d+(\.\d+){1,3}$/)
      .meta({ examples: ['130.0.2849.68'] })
      .optional(),
    'Browser version the client says it is; only when the service refuses the built-in one.',
    '自称的浏览器版本；只在服务拒绝内置的版本时才需要。',
  ),
  max_concurrent: concurrentSentences(4),
});

const VOICES = [
  voice('zh-CN-XiaoxiaoNeural', 'zh-CN', 'Xiaoxiao, female, warm', '晓晓，女声，温暖'),
  voice('zh-CN-XiaoyiNeural', 'zh-CN', 'Xiaoyi, female, lively', '晓伊，女声，活泼'),
  voice('zh-CN-YunxiNeural', 'zh-CN', 'Yunxi, male, cheerful', '云希，男声，阳光'),
  voice('zh-CN-YunjianNeural', 'zh-CN', 'Yunjian, male, powerful', '云健，男声，有力'),
  voice('zh-CN-YunxiaNeural', 'zh-CN', 'Yunxia, boy', '云夏，男孩'),
  voice('zh-CN-YunyangNeural', 'zh-CN', 'Yunyang, male, news', '云扬，男声，新闻'),
  voice('zh-TW-HsiaoChenNeural', 'zh-TW', 'HsiaoChen, female, Taiwan', '曉臻，女声，台湾'),
  voice('zh-HK-HiuMaanNeural', 'yue-CN', 'HiuMaan, female, Cantonese', '曉曼，女声，粤语'),
  voice('en-US-AvaNeural', 'en-US', 'Ava, female', 'Ava，女声'),
  voice('en-US-AndrewNeural', 'en-US', 'Andrew, male', 'Andrew，男声'),
  voice('en-US-EmmaNeural', 'en-US', 'Emma, female', 'Emma，女声'),
  voice('en-US-BrianNeural', 'en-US', 'Brian, male', 'Brian，男声'),
  voice('en-GB-SoniaNeural', 'en-GB', 'Sonia, female, British', 'Sonia，女声，英式'),
];

const optionsOf = ({ url, version }: z.output<typeof settings>) => ({
  url,
  ...(version !== undefined && { version }),
});

export const edge = defineVoice({
  id: 'edge',
  name: both('Edge', 'Edge'),
  about: both('Natural voices in many languages, free, over the internet.', '多种语言的自然声音，免费，需要联网。'),
  local: false,
  settings,
  languages: EDGE_LANGUAGES,
  automatic: true,
  address: { setting: 'url', changeable: false },
  voices: VOICES,
  inTable: {
    languages: both(`${EDGE_LANGUAGES.length}`, `${EDGE_LANGUAGES.length} 种`),
    needs: both(
      'internet; free, no key; an unofficial service that may change',
      '联网；免费，无需密钥；非官方服务，可能变动',
    ),
    sounds: both('natural', '自然'),
  },
  refusal: {
    cause: both(
      'Edge: a browser version that it takes no longer, or a clock that is minutes off.',
      'Edge：不再接受的浏览器版本，或时钟差了几分钟。',
    ),
    fix: both(
      'Edge: remove `tts.edge.version` if it is set, update Chorus, check the clock; meanwhile choose a local voice.',
      'Edge：去掉 `tts.edge.version`，更新 Chorus，检查时钟；其间可选本地语音。',
    ),
  },
  unproven: true,
  importFrom: [
    {
      types: ['edge'],
      to: 'tts.provider, tts.voice',
      about: both('The same service and the same voice.', '同一服务，同一音色。'),
      take: imported,
    },
  ],
  limits: serviceLimits,
  heardSettings: ({ url }) => [url],
  create(of, { clock, log, scope, rate, gate }) {
    const provider = edgeTts({ clock, rate, gate, ...optionsOf(of) });
    return withProbe(provider, { clock, log, scope, probe: (signal) => provider.probe(signal) });
  },
  probe: (of, { clock, signal }) => probeEdge({ clock, ...optionsOf(of) }, signal),
});

function imported(from: Branch): ImportedProvider {
  const name = textOf(from['voice']);
  const usable = name !== undefined && /^[a-z]{2,3}-[A-Za-z-]+Neural$/.test(name);
  return {
    fields: [
      { field: 'type', key: 'tts.provider', value: 'edge' },
      ...(usable ? [{ field: 'voice', key: 'tts.voice', value: name }] : []),
    ],
  };
}
