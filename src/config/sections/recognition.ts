import { z } from 'zod';
import { type ProviderRegistry, described, text } from '../../providers/index.js';
import { idsOf, sectionsOf } from './provider-sections.js';
import { autoOr } from './shared.js';

const recognitionLimits = {
  pool_size: described(
    autoOr(64).meta({ live: false }),
    'Recognitions at a time inside one model; they share one copy of its weights. auto: the CPU ' +
      'slots of this machine.',
    '一个模型里同时进行的识别数；它们共用一份权重。auto：这台机器的 CPU 槽位数。',
  ),
  replicas: described(
    z.boolean().default(false).meta({ live: false }),
    'A process and a copy of the weights for each of these recognitions, instead of one for all. For ' +
      'a model that cannot do two things at once in one session; those of `chorus models list` can.',
    '每个同时进行的识别各用一个进程和一份权重，而不是共用一份。只有同一会话不能同时做两件事的模型才需要；' +
      '`chorus models list` 里的都不需要。',
  ),
  max_workers: described(
    autoOr(64),
    'Recognitions at a time over all models. auto: the CPU slots of this machine.',
    '所有模型合计同时进行的识别数。auto：这台机器的 CPU 槽位数。',
  ),
  acquire_timeout_ms: described(
    z.int().min(100).max(60_000).default(10_000).meta({ live: false }),
    'A recognition that waits longer for its turn fails with an apology.',
    '识别排队超过这么久就失败，设备会说明并道歉。',
  ),
};

export const asrOf = (providers: ProviderRegistry) =>
  z.strictObject({
    model: described(
      z.enum(['auto', ...idsOf([...providers.recognizers, ...providers.recognitionServices])]).default('auto'),
      'auto: by the language of the device; else an id of `chorus models list`, or a service (docs/models.md). ' +
        'sensevoice-cost understands nothing: `chorus bench` measures with it.',
      'auto：按设备的语言；也可以写 `chorus models list` 里的编号，或一个在线服务（docs/models.zh-CN.md）。' +
        'sensevoice-cost 什么也听不懂，只供 `chorus bench` 测量。',
    ),
    fallback: described(
      z
        .array(z.enum(idsOf(providers.recognitionServices)))
        .max(8)
        .default([]),
      'Recognition services that are asked in this order where asr.model is one and fails, ' +
        'before the local model. ' +
        'The speech is kept and recognised again.',
      'asr.model 是在线服务且失败时，按此顺序改用的识别服务；最后是本地模型。说过的话会保留并重新识别。',
    ),
    services: described(
      z
        .array(z.enum(idsOf([...providers.recognizers, ...providers.recognitionServices])))
        .max(8)
        .default([]),
      'Recognisers that agents may choose (the field recognition of an agent): ids of `chorus models list`, ' +
        'which are fetched when they are first needed, and services, each with its section of asr. ' +
        'If one fails, the recogniser of asr.model takes its place.',
      '智能体可以选用的识别器（智能体的 recognition 字段）：`chorus models list` 里的编号（第一次用到时下载），' +
        '或在线服务，设置写在 asr 里各自的一节。出错时由 asr.model 的识别顶上。',
    ),
    ...recognitionLimits,
    corrections: described(
      z.record(text(64), z.string().max(64)).default({}),
      'Words to replace in what was understood, for example {"小只": "小智"}.',
      '把听到的词替换掉，例如 {"小只": "小智"}。',
    ),
    ...sectionsOf(providers.recognitionServices),
  });
