import { both } from '../../../core/index.js';
import { textOf, type Branch, type ImportedProvider, type ImportRow } from '../../imported-settings.js';

const model = (value: string, field = 'type'): ImportedProvider => ({ fields: [{ field, key: 'asr.model', value }] });

/** The keys are ids of models in our catalogue. */
export const IMPORTED_RECOGNIZERS: Readonly<Record<string, readonly ImportRow[]>> = {
  'sense-voice-int8': [
    {
      types: ['fun_local'],
      to: 'asr.model',
      about: both(
        'The same model (SenseVoice), for devices that speak Chinese; fetched by itself.',
        '同一模型（SenseVoice），用于中文设备；自动下载。',
      ),
      take: () => model('auto'),
    },
    {
      types: ['sherpa_onnx_local'],
      to: 'asr.model',
      about: both(
        'The same engine: SenseVoice, Paraformer or Whisper by model_type; the model is downloaded again.',
        '同一引擎：按 model_type 选用 SenseVoice、Paraformer 或 Whisper；模型会重新下载。',
      ),
      take: takeSherpa,
    },
  ],
  'whisper-base': [
    {
      types: ['whisper', 'whisper_local', 'faster_whisper'],
      to: 'asr.model',
      about: both('Whisper (base), on this machine.', 'Whisper（base），在本机运行。'),
      take: () => model('whisper-base'),
    },
  ],
};

function takeSherpa(settings: Branch): ImportedProvider {
  const what = `${textOf(settings['model_type']) ?? ''} ${textOf(settings['model_dir']) ?? ''}`.toLowerCase();
  if (what.includes('paraformer')) return model('paraformer-zh-int8', 'model_type');
  return what.includes('whisper') ? model('whisper-base', 'model_type') : model('auto', 'model_type');
}
