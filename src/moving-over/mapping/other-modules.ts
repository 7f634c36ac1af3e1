import { both } from '../../core/index.js';
import { isLocalAddress, withoutEndpoint, type ImportedField, type ImportedProvider } from '../../providers/index.js';
import { isPlaceholder, numberOf, textOf, type Branch } from '../tree.js';
import type { ModuleName, ProviderRow } from './row.js';

const cloudAsr = (types: readonly string[], en: string, zh: string): ProviderRow => ({
  module: 'ASR',
  types,
  about: both(
    `${en} is not asked: Chorus recognises on this machine, for Chinese with ` +
      'SenseVoice, which it fetches by itself (asr.model auto).',
    `不使用${zh}：Chorus 在本机识别，中文用 SenseVoice，会自动下载（asr.model auto）。`,
  ),
});

export const OTHER_RECOGNIZERS: readonly ProviderRow[] = [
  cloudAsr(['byteplus_stream'], 'BytePlus', 'BytePlus'),
  cloudAsr(['baidu'], 'Baidu', '百度'),
  cloudAsr(['vosk'], 'Vosk', 'Vosk'),
  cloudAsr(
    ['google_speech_v2', 'amazon_transcribe', 'amazon_transcribe_realtime', 'amazon_transcribe_streaming', 'aistudio'],
    'This service',
    '该服务',
  ),
];

export const ACTIVITY: readonly ProviderRow[] = [
  {
    module: 'VAD',
    types: ['silero', 'silero_onnx'],
    to: 'vad.threshold, vad.threshold_off, vad.min_silence_ms, vad.min_speech_ms',
    about: both(
      'The same model; thresholds and pauses are taken where they are not that server’s own. ' +
        'By itself Chorus waits as long as each speaker needs.',
      '同一模型；阈值和停顿若不是原默认值则沿用。默认情况下 Chorus 按说话人自动调整等待时间。',
    ),
    take: takeSilero,
  },
];

const builtIn = (module: ModuleName, types: readonly string[], en: string, zh: string): ProviderRow => ({
  module,
  types,
  about: both(en, zh),
});

export const REST: readonly ProviderRow[] = [
  builtIn('Memory', ['nomem'], 'Nothing is remembered beyond the conversation, here too.', '同样只记得本次对话。'),
  {
    module: 'Memory',
    types: ['mem_local_short', 'powermem', 'memu', 'mem0_milvus', 'oceanbase'],
    to: 'memory.kind',
    about: both(
      'The nearest kind takes its place: summary for mem_local_short, facts for the others. ' +
        'What mem_local_short remembers is taken over as a summary of each device; other memories stay there.',
      '改用最接近的一种：mem_local_short 对应 summary，其余对应 facts。mem_local_short 的记忆作为每台设备的摘要沿用，其他的记忆留在原处。',
    ),
    take: ({ type }) => ({
      fields: [{ field: 'type', key: 'memory.kind', value: textOf(type) === 'mem_local_short' ? 'summary' : 'facts' }],
    }),
  },
  {
    module: 'Memory',
    types: ['mem0ai'],
    to: 'memory.kind, memory.mem0.api_key',
    about: both('The same service, with its key.', '同一服务，沿用密钥。'),
    take(settings) {
      const key = textOf(settings['api_key']);
      if (key === undefined || isPlaceholder(key)) return undefined;
      return {
        fields: [
          { field: 'type', key: 'memory.kind', value: 'mem0' },
          { field: 'api_key', key: 'memory.mem0.api_key', value: key },
        ],
      };
    },
  },
  builtIn(
    'Intent',
    ['nointent', 'function_call'],
    'Not needed: the language model calls the tools of the device by itself.',
    '不需要：大模型会自己调用设备的工具。',
  ),
  builtIn(
    'Intent',
    ['intent_llm'],
    'Not needed: the language model calls the tools of the device by itself, without a second model.',
    '不需要：大模型会自己调用设备的工具，不用第二个模型。',
  ),
  {
    module: 'VLLM',
    types: ['openai', 'volcengine'],
    to: 'vision.model, vision.service, llm.services, llm.service_keys',
    about: both(
      'Pictures of devices with a camera are looked at by it: a service of its own, eyes, with address, model and key.',
      '带摄像头设备的图片由它来看：作为单独的服务 eyes，沿用地址、模型和密钥。',
    ),
    take: takeEyes,
  },
];

/** Nobody chose these default values of the old server, so they are not imported. */
const DEFAULT_VAD: Readonly<Record<string, readonly number[]>> = {
  threshold: [0.5],
  threshold_low: [0.2, 0.3],
  min_silence_duration_ms: [200, 700, 1000],
  min_speech_duration_ms: [250],
};

function takeSilero(settings: Branch): ImportedProvider {
  const fields: ImportedField[] = [];
  const add = (field: string, key: string, min: number, max: number): void => {
    const value = numberOf(settings[field]);
    if (value === undefined || DEFAULT_VAD[field]?.includes(value) || value < min || value > max) return;
    fields.push({ field, key, value: key.endsWith('_ms') ? Math.round(value) : value });
  };
  add('threshold', 'vad.threshold', 0.05, 0.95);
  add('threshold_low', 'vad.threshold_off', 0.01, 0.95);
  add('min_silence_duration_ms', 'vad.min_silence_ms', 200, 5000);
  add('min_speech_duration_ms', 'vad.min_speech_ms', 0, 2000);
  return { fields };
}

const EYES = 'eyes';

function takeEyes(settings: Branch): ImportedProvider | undefined {
  const urlField = ['base_url', 'url'].find((name) => textOf(settings[name]) !== undefined) ?? '';
  const url = textOf(settings[urlField]);
  const model = textOf(settings['model_name']);
  if (url === undefined || !/^https?:\/\/[^/]/.test(url) || !URL.canParse(url) || isPlaceholder(url)) return undefined;
  if (model === undefined || isPlaceholder(model)) return undefined;
  const key = textOf(settings['api_key']);
  const hasKey = key !== undefined && !isPlaceholder(key);
  if (!hasKey && !isLocalAddress(url)) return undefined;
  return {
    fields: [
      { field: urlField, key: 'llm.services', value: { [EYES]: { base_url: withoutEndpoint(url), model } } },
      { field: 'model_name', key: 'vision.model', value: model },
      { field: 'model_name', key: 'vision.service', value: EYES },
      ...(hasKey ? [{ field: 'api_key', key: 'llm.service_keys', value: { [EYES]: key } }] : []),
    ],
  };
}
