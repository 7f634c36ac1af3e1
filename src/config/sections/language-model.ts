import { z } from 'zod';
import { type ProviderRegistry, described, httpUrl, secret, text, words } from '../../providers/index.js';
import { sectionsOf } from './provider-sections.js';

/** Ids of the language models that can be named as a fallback. The default model comes first. */
function fallbacks({ languageModels, presets }: ProviderRegistry): readonly string[] {
  return [...languageModels.filter(({ chosenBy }) => chosenBy === 'default'), ...presets].map(({ id }) => id);
}

const replyLimits = {
  first_token_ms: described(
    z.int().min(500).max(120_000).default(8000),
    'Longest wait for the first word.',
    '等第一个字最长多久。',
  ),
  total_ms: described(
    z.int().min(1000).max(600_000).default(60_000),
    'Longest time for a whole reply.',
    '整个回答最长多久。',
  ),
  max_tokens: z.int().min(16).max(8192).default(300).meta(words('Longest reply.', '回答最长多少。')),
  history_turns: described(
    z.int().min(0).max(200).default(10),
    'Turns of the conversation that the model gets.',
    '告诉模型最近多少轮对话。',
  ),
  max_workers: z.int().min(1).max(1000).default(8).meta(words('Requests at a time.', '同时进行的请求数。')),
  max_per_minute: described(
    z.int().min(1).max(100_000).optional(),
    'Requests a minute; further ones wait, at most as long as for the first word. Answers begin early only ' +
      'while more than half of them are left. Default: what the vendor publishes.',
    '每分钟的请求数；超出的排队，最长等到第一个字的时限。剩余超过一半时才提前开始回答。不设置时按厂商公布的限制。',
  ),
  temperature: described(z.number().min(0).max(2).optional(), "Without it: the model's own.", '不设置时用模型自己的。'),
};

const waysToAnswer = {
  prefer_local: described(
    z.boolean().default(false),
    'Answer simple requests by built-in rules, without the language model: time, date, sums, volume, ' +
      'brightness, timers, weather, lists, music. Faster and free.',
    '简单的请求由内置规则回答，不问大模型：时间、日期、算数、音量、亮度、计时、天气、清单、音乐。更快，而且免费。',
  ),
  speculative: described(
    z.union([z.literal('auto'), z.boolean()]).default('auto'),
    'Begin the answer in the pause after a sentence, before it is certain that no more is said; with a ' +
      'recogniser that hears while somebody speaks also before the pause, as soon as its text is stable ' +
      '(at most three times a turn). The voice makes the first sentence meanwhile, unheard. auto: where that costs ' +
      'nothing (the offline assistant, an address in the local network; no paid voice). true: always; tokens and ' +
      'first sentences of answers that are thrown away are paid.',
    '在一句话后的停顿里就开始作答，不等到确定后面没有别的话；' +
      '识别器边听边出字时，停顿之前文字一稳定就开始（每轮最多三次）。' +
      '声音同时合成第一句，先不播放。' +
      'auto：在不花钱的地方这样做（离线助手、局域网里的地址；不用付费的声音）。true：' +
      '总是这样；作废的回答所用的 token 和第一句也要付费。',
  ),
  speculative_tokens: described(
    z.int().min(0).max(1_000_000).default(8000),
    'Most tokens of the answers in a turn that were begun early and given up, with question and history (estimated ' +
      'where the model does not report them). Once they are reached, no further answer is begun early, so one answer ' +
      'may exceed them. In any case at most eight answers a turn are begun early. 0: none.',
    '同一轮里作废的提前回答用掉这么多 token（含提问和历史；模型没有报告时为估计值）之后，不再提前开始回答；' +
      '因此最多超出一个回答。另外每轮最多提前开始八次。0：从不提前开始。',
  ),
};

const fallbackOf = (providers: ProviderRegistry) =>
  described(
    z
      .strictObject({
        preset: described(
          z.enum(['none', ...fallbacks(providers)]).default('none'),
          'Language model for when the first one fails before its first word: a known service, or offline ' +
            '(the built-in assistant). none: with llm.fallback.base_url any OpenAI-compatible service, ' +
            'without it nobody, and the device hears of the failure.',
          '大模型在说出第一个字之前失败时由谁作答：已知的服务，或 offline（内置助手）。none：' +
            '设置了 llm.fallback.base_url 时用任意 OpenAI 兼容服务，否则没有人代答，如实说明失败。',
        ),
        base_url: httpUrl
          .optional()
          .meta(words("Its address; overrides the preset's.", '它的地址；优先于预设的地址。')),
        model: text(128).optional().meta(words("Its model; overrides the preset's.", '它的模型；优先于预设的模型。')),
        api_key: secret(
          "Its key; also the vendor's usual environment variable.",
          '它的密钥；也可以用厂商惯用的环境变量。',
        ),
      })
      .prefault({}),
    'Language model for when the first one fails.',
    '大模型失败时代替它回答的模型。',
  );

const servicesOf = (providers: ProviderRegistry) => ({
  services: described(
    z
      .record(
        text(64),
        z.strictObject({
          preset: z.enum(['none', ...fallbacks(providers)]).default('none'),
          base_url: httpUrl.optional(),
          model: text(128).optional(),
        }),
      )
      .default({}),
    'Further services by a name of yours, which agents choose (`--service`), each with ' +
      'preset, base_url and model, for ' +
      'example {"fast": {"preset": "ollama", "model": "qwen3:4b"}}. The other settings are those of llm; ' +
      'max_per_minute only with the same preset and base_url.',
    '另外的服务，名字自取，供智能体选用（`--service`），各有 preset、base_url 和 model，例如 {"fast": {"preset": "ollama", ' +
      '"model": "qwen3:4b"}}。其余设置同 llm；max_per_minute 只在 preset 和 base_url 都相同时沿用。',
  ),
  service_keys: described(
    z.record(text(64), z.string().min(1).max(8192)).default({}).meta({ writeOnly: true }),
    'Their keys, by the same names, for example {"fast": "env:FAST_KEY"}.',
    '它们的密钥，用同样的名字，例如 {"fast": "env:FAST_KEY"}。',
  ),
});

const breaker = {
  breaker_failures: described(
    z.int().min(1).max(100).default(3),
    'With a fallback: failures in a row after which the language model is not asked for a while.',
    '有代答者时：连续失败这么多次后，一段时间内不再问这个大模型。',
  ),
  breaker_open_ms: described(
    z.int().min(1000).max(3_600_000).default(30_000),
    'How long; then one answer tries it again.',
    '这段时间有多长；之后用一次回答再试它。',
  ),
};

export const llmOf = (providers: ProviderRegistry) =>
  z.strictObject({
    preset: described(
      z.enum(['none', ...providers.presets.map(({ id }) => id)]).default('none'),
      'A known service: fills base URL and model. none: with llm.base_url any OpenAI-compatible ' +
        'service, without it the built-in offline assistant.',
      '已知的服务：自动填好地址和模型。none：设置了 llm.base_url 时用任意 OpenAI 兼容服务，否则用内置的离线助手。',
    ),
    base_url: described(
      httpUrl.optional(),
      "Address of an OpenAI-compatible service, up to and including /v1; overrides the preset's.",
      'OpenAI 兼容服务的地址，写到 /v1 为止；优先于预设的地址。',
    ),
    model: text(128).optional().meta(words("Model name; overrides the preset's.", '模型名称；优先于预设的模型。')),
    api_key: secret(
      "Key of the service; also the vendor's usual environment variable (docs/configuration.md).",
      '服务的密钥；也可以用厂商惯用的环境变量（docs/configuration.zh-CN.md）。',
    ),
    prompt: described(
      z.string().max(20_000).optional(),
      'Persona of the assistant: who it is and how it talks. Without it: a short friendly one in ' +
        'the language of the device.',
      '助手是谁、怎样说话。不设置时，用设备所用语言的一段简短友好的提示词。',
    ),
    ...replyLimits,
    ...waysToAnswer,
    fallback: fallbackOf(providers),
    ...servicesOf(providers),
    ...breaker,
    ...sectionsOf(providers.languageModels),
  });
