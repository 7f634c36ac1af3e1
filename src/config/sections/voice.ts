import { z } from 'zod';
import { type BuiltInVoiceSections, type ProviderRegistry, described, text, words } from '../../providers/index.js';
import { sectionsOf } from './provider-sections.js';
import { autoOr } from './shared.js';

function voiceSections(providers: ProviderRegistry): BuiltInVoiceSections {
  return sectionsOf(providers.voices) as unknown as BuiltInVoiceSections;
}

const phraseCache = {
  phrase_cache_mb: described(
    z.int().min(1).max(4096).default(32).meta({ live: false }),
    'Memory for sentences that were spoken before.',
    '用多少内存保存念过的句子。',
  ),
  phrase_cache_disk_mb: described(
    z.int().min(0).max(65_536).default(128).meta({ live: false }),
    'Disk for them (data/phrases), so that they are there after a restart. 0: none.',
    '用多少磁盘保存它们（data/phrases），重启后仍在。0：不用磁盘。',
  ),
  phrase_cache_recurring: described(
    z.boolean().default(true).meta({ live: false }),
    'Keep what was said to three devices or more; false: only greetings, apologies and the like.',
    '保存对三台或更多设备说过的句子；false：只保存招呼、道歉之类。',
  ),
};

export const ttsOf = (providers: ProviderRegistry) =>
  z.strictObject({
    provider: described(
      z.enum(['auto', ...providers.voices.map(({ id }) => id)]).default('auto'),
      'auto: the first that can be reached and speaks the language. Else the one that is asked first, ' +
        'by its id (docs/models.md).',
      'auto：第一个连得上且会这种语言的。也可以写先用哪一个的编号（docs/models.zh-CN.md）。',
    ),
    voice: described(
      text(128).optional(),
      "The voice by the provider's own name, for example zh-CN-XiaoxiaoNeural. Without it: the " +
        "provider's voice for the language.",
      '声音，用提供者自己的名称，例如 zh-CN-XiaoxiaoNeural。不设置时，用提供者为该语言准备的声音。',
    ),
    rate: z.number().min(0.5).max(2).default(1).meta(words('Speed of speech; 1 is normal.', '语速；1 为正常。')),
    max_workers: described(
      autoOr(64),
      'Local syntheses at a time. auto: the CPU slots of this machine.',
      '同时进行的本地合成数。auto：这台机器的 CPU 槽位数。',
    ),
    timeout_ms: described(
      z.int().min(500).max(60_000).default(8000),
      'A cloud voice that has not begun a sentence by then is replaced by the next one.',
      '到这时还没有开始念一句话的云端声音，由下一个声音代替。',
    ),
    ...phraseCache,
    ...voiceSections(providers),
  });
