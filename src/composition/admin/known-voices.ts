import type { BothLanguages, VoicesAnswer } from '../../http/index.js';

type KnownVoice = VoicesAnswer['providers'][number]['voices'][number];

const voice = (name: string, language: string, en: string, zh: string): KnownVoice => ({
  name,
  language,
  title: { en, zh },
});

/** Voices worth offering, by the services' own lists; any other name can be typed in. */
export const KNOWN_VOICES: Readonly<Record<string, readonly KnownVoice[]>> = {
  edge: [
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
  ],
  openai: ['alloy', 'ash', 'coral', 'echo', 'fable', 'nova', 'onyx', 'sage', 'shimmer'].map((name) =>
    voice(name, '*', name, name),
  ),
};

/** Providers that are no model of the catalogue. */
export const PROVIDERS_ABOUT: Readonly<Record<string, BothLanguages>> = {
  auto: {
    en: 'The best that can be reached: Edge, then a voice of this machine.',
    zh: '能用的里面最好的：先 Edge，再本机的声音。',
  },
  edge: {
    en: 'Natural voices in many languages, free, over the internet.',
    zh: '多种语言的自然声音，免费，需要联网。',
  },
  openai: {
    en: 'OpenAI, or a service that is compatible with it (tts.openai).',
    zh: 'OpenAI 或与它兼容的服务（tts.openai）。',
  },
  flite: { en: 'English, comes with Chorus, without internet.', zh: '英语，随 Chorus 安装，不需要联网。' },
  espeak: { en: 'Every language, mechanical, without internet.', zh: '什么语言都会，机械音，不需要联网。' },
};
