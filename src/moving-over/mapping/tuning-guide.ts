import { both } from '../../core/index.js';
import { numberOf } from '../tree.js';
import type { Row } from './row.js';
import { seconds, segment, set, whole } from './values.js';

/** Keys of `.config_optimized.yaml`, at any depth. `from` is only the last name of the path. */
export const GUIDE_ROWS: readonly Row[] = [
  {
    from: 'chunk_size',
    to: 'vad.window_samples',
    about: both(
      '512 is what the model of voice activity knows, and all it knows; another number is not taken.',
      '语音活动检测模型只认 512；其他数值不采用。',
    ),
    take: (value) => (numberOf(value) === 512 ? { 'vad.window_samples': 512 } : undefined),
  },
  {
    from: 'max_concurrent_sessions',
    to: 'max_concurrent_sessions',
    about: both(
      'Devices that may talk at the same time. Without it, Chorus measures what the machine carries.',
      '可同时对话的设备数。不设置时由 Chorus 测出这台机器能带多少。',
    ),
    take: (value) => set('max_concurrent_sessions', whole(value, 1, 10_000)),
  },
  {
    from: 'asr_max_workers',
    to: 'asr.max_workers',
    about: both('Recognitions at a time.', '同时进行的识别数。'),
    take: (value) => set('asr.max_workers', whole(value, 1, 64)),
  },
  {
    from: 'llm_max_workers',
    to: 'llm.max_workers',
    about: both('Requests to the language model at a time.', '同时向大模型发出的请求数。'),
    take: (value) => set('llm.max_workers', whole(value, 1, 1000)),
  },
  {
    from: 'tts_max_workers',
    to: 'tts.max_workers',
    about: both('Local syntheses at a time.', '同时进行的本地合成数。'),
    take: (value) => set('tts.max_workers', whole(value, 1, 64)),
  },
  {
    from: 'model_pool_size',
    to: 'asr.pool_size',
    about: both(
      'Recognitions at a time in one model; they share its weights.',
      '单个模型内同时进行的识别数；共用一份权重。',
    ),
    take: (value) => set('asr.pool_size', whole(value, 1, 64)),
  },
  {
    from: 'pool_size',
    to: 'asr.pool_size',
    about: both('As model_pool_size.', '同 model_pool_size。'),
    take: (value) => set('asr.pool_size', whole(value, 1, 64)),
  },
  {
    from: 'acquire_timeout',
    to: 'asr.acquire_timeout_ms',
    about: both(
      'How long a recognition waits for its turn. Seconds become milliseconds (1000 and more already are).',
      '识别排队等待的时间；秒换算为毫秒（1000 及以上视为毫秒）。',
    ),
    take: (value) =>
      seconds(
        'asr.acquire_timeout_ms',
        (numberOf(value) ?? 0) >= 1000 ? (numberOf(value) ?? 0) / 1000 : value,
        100,
        60_000,
      ),
  },
  ...['max_single_segment_time', 'max_segment_ms', 'vad_max_segment_ms'].map((from): Row => ({
    from,
    to: 'vad.max_segment_ms',
    about: both(
      'The longest piece of speech: 2 to 20 s; longer pieces make recognition take memory for good.',
      '一段语音的最大长度：2 到 20 秒；更长会使识别长期占用内存。',
    ),
    take: (value) => segment(numberOf(value)),
  })),
  ...['max_segment_length', 'max_segment_duration', 'max_speech_duration_s'].map((from): Row => ({
    from,
    to: 'vad.max_segment_ms',
    about: both('The longest piece of speech, in seconds there.', '一段语音的最大长度，原单位为秒。'),
    take: (value) => segment((numberOf(value) ?? Number.NaN) * 1000),
  })),
  ...['preload_models', 'model_preload'].map((from): Row => ({
    from,
    about: both(
      'Not needed: models are loaded and warm before the server says that it is ready.',
      '不需要：服务器就绪之前模型已加载并预热。',
    ),
  })),
  ...['enable_gc', 'gc_interval', 'memory_cleanup_interval'].map((from): Row => ({
    from,
    about: both(
      'Has no counterpart: nothing here is tidied up by the clock.',
      '没有对应的设置：这里不按时间整理内存。',
    ),
  })),
  ...['temp_cleanup', 'cleanup_interval'].map((from): Row => ({
    from,
    about: both('Not needed: nothing is written to disk per utterance.', '不需要：对话过程不写磁盘。'),
  })),
];
