import { both } from '../../../core/index.js';
import {
  isPlaceholder,
  textOf,
  withoutEndpoint,
  type Branch,
  type ImportedProvider,
  type ImportRow,
} from '../../imported-settings.js';

const take =
  (id: string) =>
  (settings: Branch): ImportedProvider | undefined => {
    const key = textOf(settings['api_key']);
    const url = textOf(settings['base_url']);
    const model = textOf(settings['model_name']);
    const usable = key !== undefined && !isPlaceholder(key);
    const elsewhere = url !== undefined && /^https?:\/\//.test(url);
    if (!usable && !elsewhere) return undefined;
    return {
      fields: [
        { field: 'type', key: 'asr.model', value: id },
        ...(elsewhere ? [{ field: 'base_url', key: `asr.${id}.base_url`, value: withoutEndpoint(url) }] : []),
        ...(model === undefined ? [] : [{ field: 'model_name', key: `asr.${id}.model`, value: model }]),
        ...(usable ? [{ field: 'api_key', key: `asr.${id}.api_key`, value: key }] : []),
      ],
    };
  };

const row = (id: string, types: readonly string[]): ImportRow => ({
  types,
  to: `asr.model, asr.${id}.base_url, asr.${id}.model, asr.${id}.api_key`,
  about: both(
    'The same service: address, model and key are taken. If it fails, a local model recognises.',
    '同一服务：沿用地址、模型和密钥。它失败时由本地模型识别。',
  ),
  take: take(id),
});

export const IMPORTED_TRANSCRIPTIONS = {
  openai: [row('openai', ['openai', 'openai_streaming'])],
  groq: [row('groq', ['groq', 'groq_whisper'])],
} as const satisfies Record<string, readonly ImportRow[]>;
