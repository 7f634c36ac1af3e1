import { z } from 'zod';
import {
  httpUrl,
  noSettings,
  secret,
  text,
  words,
  type BuiltInVoiceSections,
  type ProviderRegistry,
  type SettingsSchema,
} from '../../providers/index.js';
import { autoOr } from './shared.js';

/** A section for each voice that has settings. */
function voiceSections(providers: ProviderRegistry): BuiltInVoiceSections {
  return sectionsOf(providers.voices) as unknown as BuiltInVoiceSections;
}

/** Of providers that have settings. */
function sectionsOf(
  described: readonly { readonly id: string; readonly settings?: SettingsSchema }[],
): Readonly<Record<string, z.ZodPrefault<SettingsSchema>>> {
  const sections = described
    .filter(({ settings }) => settings !== undefined && Object.keys(settings.shape).length > 0)
    .map(({ id, settings = noSettings }) => [id, settings.prefault({}).meta(settings.meta() ?? {})] as const);
  return Object.fromEntries(sections);
}

const idsOf = (described: readonly { readonly id: string }[]): readonly string[] => described.map(({ id }) => id);

/** Language models that can be named as a fallback, the default one first. */
function fallbacks({ languageModels, presets }: ProviderRegistry): readonly string[] {
  return [...languageModels.filter(({ chosenBy }) => chosenBy === 'default'), ...presets].map(({ id }) => id);
}

export const asrOf = (providers: ProviderRegistry) =>
  z.strictObject({
    model: z
      .enum(['auto', ...idsOf([...providers.recognizers, ...providers.recognitionServices])])
      .default('auto')
      .meta(
        words(
          'auto: by the language of the device; else an id of `chorus models list`, or a service (docs/models.md). ' +
            'sensevoice-cost understands nothing: `chorus bench` measures with it.',
          'auto：按设备的语言；也可以写 `chorus models list` 里的编号，或一个在线服务（docs/models.zh-CN.md）。' +
            'sensevoice-cost 什么也听不懂，只供 `chorus bench` 测量。',
        ),
      ),
    fallback: z
      .array(z.enum(idsOf(providers.recognitionServices)))
      .max(8)
      .default([])
      .meta(
        words(
          'Recognition services that are asked in this order where asr.model is one and fails, ' +
            'before the local model. ' +
            'What was said is kept and recognised again.',
          'asr.model 是在线服务且失败时，按此顺序改用的识别服务；最后是本地模型。说过的话会保留并重新识别。',
        ),
      ),
    pool_size: autoOr(64)
      .meta(
        words(
          'Recognitions at a time inside one model; they share one copy of its weights. auto: the CPU ' +
            'slots of this machine.',
          '一个模型里同时进行的识别数；它们共用一份权重。auto：这台机器的 CPU 槽位数。',
        ),
      )
      .meta({ live: false }),
    replicas: z
      .boolean()
      .default(false)
      .meta(
        words(
          'A process and a copy of the weights for each of these recognitions, instead of one for all. For ' +
            'a model that cannot do two things at once in one session; those of `chorus models list` can.',
          '每个同时进行的识别各用一个进程和一份权重，而不是共用一份。只有同一会话不能同时做两件事的模型才需要；' +
            '`chorus models list` 里的都不需要。',
        ),
      )
      .meta({ live: false }),
    max_workers: autoOr(64).meta(
      words(
        'Recognitions at a time over all models. auto: the CPU slots of this machine.',
        '所有模型合计同时进行的识别数。auto：这台机器的 CPU 槽位数。',
      ),
    ),
    acquire_timeout_ms: z
      .int()
      .min(100)
      .max(60_000)
      .default(10_000)
      .meta(
        words(
          'A recognition that waits longer for its turn fails with an apology.',
          '识别排队超过这么久就失败，设备会说明并道歉。',
        ),
      )
      .meta({ live: false }),
    corrections: z
      .record(text(64), z.string().max(64))
      .default({})
      .meta(
        words(
          'Words to replace in what was understood, for example {"小只": "小智"}.',
          '把听到的词替换掉，例如 {"小只": "小智"}。',
        ),
      ),
    ...sectionsOf(providers.recognitionServices),
  });

export const ttsOf = (providers: ProviderRegistry) =>
  z.strictObject({
    provider: z
      .enum(['auto', ...providers.voices.map(({ id }) => id)])
      .default('auto')
      .meta(
        words(
          'auto: the first that can be reached and speaks the language. Else the one that is asked first, ' +
            'by its id (docs/models.md).',
          'auto：第一个连得上且会这种语言的。也可以写先用哪一个的编号（docs/models.zh-CN.md）。',
        ),
      ),
    voice: text(128)
      .optional()
      .meta(
        words(
          "The voice by the provider's own name, for example zh-CN-XiaoxiaoNeural. Without it: the " +
            "provider's voice for the language.",
          '声音，用提供者自己的名称，例如 zh-CN-XiaoxiaoNeural。不设置时，用提供者为该语言准备的声音。',
        ),
      ),
    rate: z.number().min(0.5).max(2).default(1).meta(words('Speed of speech; 1 is normal.', '语速；1 为正常。')),
    max_workers: autoOr(64).meta(
      words(
        'Local syntheses at a time. auto: the CPU slots of this machine.',
        '同时进行的本地合成数。auto：这台机器的 CPU 槽位数。',
      ),
    ),
    timeout_ms: z
      .int()
      .min(500)
      .max(60_000)
      .default(8000)
      .meta(
        words(
          'A cloud voice that has not begun a sentence by then is replaced by the next one.',
          '到这时还没有开始念一句话的云端声音，由下一个声音代替。',
        ),
      ),
    phrase_cache_mb: z
      .int()
      .min(1)
      .max(4096)
      .default(32)
      .meta(words('Memory for sentences that were spoken before.', '用多少内存保存念过的句子。'))
      .meta({ live: false }),
    phrase_cache_disk_mb: z
      .int()
      .min(0)
      .max(65_536)
      .default(128)
      .meta(
        words(
          'Disk for them (data/phrases), so that they are there after a restart. 0: none.',
          '用多少磁盘保存它们（data/phrases），重启后仍在。0：不用磁盘。',
        ),
      )
      .meta({ live: false }),
    phrase_cache_recurring: z
      .boolean()
      .default(true)
      .meta(
        words(
          'Keep what was said to three devices or more; false: only greetings, apologies and the like.',
          '保存对三台或更多设备说过的句子；false：只保存招呼、道歉之类。',
        ),
      )
      .meta({ live: false }),
    ...voiceSections(providers),
  });

export const llmOf = (providers: ProviderRegistry) =>
  z.strictObject({
    preset: z
      .enum(['none', ...providers.presets.map(({ id }) => id)])
      .default('none')
      .meta(
        words(
          'A known service: fills base URL and model. none: with llm.base_url any OpenAI-compatible ' +
            'service, without it the built-in offline assistant.',
          '已知的服务：自动填好地址和模型。none：设置了 llm.base_url 时用任意 OpenAI 兼容服务，' +
            '否则用内置的离线助手。',
        ),
      ),
    base_url: httpUrl
      .optional()
      .meta(
        words(
          "Address of an OpenAI-compatible service, up to and including /v1; overrides the preset's.",
          'OpenAI 兼容服务的地址，写到 /v1 为止；优先于预设的地址。',
        ),
      ),
    model: text(128).optional().meta(words("Model name; overrides the preset's.", '模型名称；优先于预设的模型。')),
    api_key: secret(
      "Key of the service; also the vendor's usual environment variable (docs/configuration.md).",
      '服务的密钥；也可以用厂商惯用的环境变量（docs/configuration.zh-CN.md）。',
    ),
    prompt: z
      .string()
      .max(20_000)
      .optional()
      .meta(
        words(
          'Who the assistant is and how it talks. Without it: a short friendly one in the language of the device.',
          '助手是谁、怎样说话。不设置时，用设备所用语言的一段简短友好的提示词。',
        ),
      ),
    first_token_ms: z
      .int()
      .min(500)
      .max(120_000)
      .default(8000)
      .meta(words('Longest wait for the first word.', '等第一个字最长多久。')),
    total_ms: z
      .int()
      .min(1000)
      .max(600_000)
      .default(60_000)
      .meta(words('Longest time for a whole reply.', '整个回答最长多久。')),
    max_tokens: z.int().min(16).max(8192).default(300).meta(words('Longest reply.', '回答最长多少。')),
    history_turns: z
      .int()
      .min(0)
      .max(200)
      .default(10)
      .meta(words('Turns of the conversation that the model is told.', '告诉模型最近多少轮对话。')),
    max_workers: z.int().min(1).max(1000).default(8).meta(words('Requests at a time.', '同时进行的请求数。')),
    temperature: z
      .number()
      .min(0)
      .max(2)
      .optional()
      .meta(words("Without it: the model's own.", '不设置时用模型自己的。')),
    prefer_local: z
      .boolean()
      .default(false)
      .meta(
        words(
          'Answer simple requests by built-in rules, without the language model: time, date, sums, volume, ' +
            'brightness, timers, weather, lists, music. Faster and free.',
          '简单的请求由内置规则回答，不问大模型：时间、日期、算数、音量、亮度、计时、天气、清单、音乐。更快，而且免费。',
        ),
      ),
    speculative: z
      .union([z.literal('auto'), z.boolean()])
      .default('auto')
      .meta(
        words(
          'Begin the answer in the pause after a sentence, before it is certain that no more is said. ' +
            'auto: where that costs nothing (the offline assistant, an address in the local network). true: ' +
            'always; tokens of answers that are thrown away are paid.',
          '在一句话后的停顿里就开始作答，不等到确定后面没有别的话。auto：在不花钱的地方这样做（离线助手、局域网里的地址）。true：' +
            '总是这样；作废的回答所用的 token 也要付费。',
        ),
      ),
    fallback: z
      .strictObject({
        preset: z
          .enum(['none', ...fallbacks(providers)])
          .default('none')
          .meta(
            words(
              'Who answers when the language model fails before its first word: a known service, or offline ' +
                '(the built-in assistant). none: with llm.fallback.base_url any OpenAI-compatible service, ' +
                'without it nobody, and the failure is told.',
              '大模型在说出第一个字之前失败时由谁作答：已知的服务，或 offline（内置助手）。none：' +
                '设置了 llm.fallback.base_url 时用任意 OpenAI 兼容服务，否则没有人代答，如实说明失败。',
            ),
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
      .prefault({})
      .meta(words('Who answers when the language model fails.', '大模型失败时由谁代答。')),
    services: z
      .record(
        text(64),
        z.strictObject({
          preset: z.enum(['none', ...fallbacks(providers)]).default('none'),
          base_url: httpUrl.optional(),
          model: text(128).optional(),
        }),
      )
      .default({})
      .meta(
        words(
          'Further services by a name of yours, which agents choose (`--service`), each with preset, base_url and model, for ' +
            'example {"fast": {"preset": "ollama", "model": "qwen3:4b"}}. The other settings are those of llm.',
          '另外的服务，名字自取，供智能体选用（`--service`），各有 preset、base_url 和 model，例如 {"fast": {"preset": "ollama", ' +
            '"model": "qwen3:4b"}}。其余设置同 llm。',
        ),
      ),
    service_keys: z
      .record(text(64), z.string().min(1).max(8192))
      .default({})
      .meta({ writeOnly: true })
      .meta(
        words(
          'Their keys, by the same names, for example {"fast": "env:FAST_KEY"}.',
          '它们的密钥，用同样的名字，例如 {"fast": "env:FAST_KEY"}。',
        ),
      ),
    breaker_failures: z
      .int()
      .min(1)
      .max(100)
      .default(3)
      .meta(
        words(
          'With a fallback: failures in a row after which the language model is not asked for a while.',
          '有代答者时：连续失败这么多次后，一段时间内不再问这个大模型。',
        ),
      ),
    breaker_open_ms: z
      .int()
      .min(1000)
      .max(3_600_000)
      .default(30_000)
      .meta(words('How long; then one answer tries it again.', '这段时间有多长；之后用一次回答再试它。')),
    ...sectionsOf(providers.languageModels),
  });
