import { both } from '../../core/index.js';
import { isPlaceholder, numberOf, type Tree } from '../tree.js';
import type { Values } from './row.js';

export const VOICEPRINTS = both(
  'The same voiceprint-api is asked; the voices stay there. Names: people.',
  '继续使用同一个 voiceprint-api，声音留在那里。名字见 people。',
);

/** Converts the health address `…/voiceprint/health?key=K`. The key is stored separately from the address. */
export function voiceprintService(text: string | undefined): Values | undefined {
  if (text === undefined || isPlaceholder(text)) return {};
  if (!URL.canParse(text)) return undefined;
  const { protocol, origin, searchParams } = new URL(text);
  if (!/^https?:$/.test(protocol)) return undefined;
  const key = searchParams.get('key') ?? '';
  const usable = key !== '' && !isPlaceholder(key);
  return { 'voiceprint.url': origin, ...(usable && { 'voiceprint.api_key': key }) };
}

export function voiceprintThreshold(value: Tree): Values | undefined {
  const threshold = numberOf(value);
  return threshold !== undefined && threshold >= 0 && threshold <= 1
    ? { 'voiceprint.threshold': threshold }
    : undefined;
}
