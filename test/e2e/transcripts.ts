import { encodeClip, type Clip } from '../../src/measure/fleet/index.js';
import { clip, type ClipName } from '../fixtures/speech.js';

export const SAID: Readonly<Record<ClipName, string>> = {
  'austen-0870':
    'and mister john dashwood had then leisure to consider how much there might be prudently ' +
    'in his power to do for them',
  'austen-0880': 'he was not an ill disposed young man',
  'austen-0890': 'unless to be rather cold hearted and rather selfish is to be ill disposed',
  'austen-0920': 'had he married a more amiable woman he might have been made still more respectable than he was',
  'austen-0930': 'he might even have been made amiable himself',
};

const encoded = new Map<ClipName, Clip>();

/** A clip as a device sends it. Silence follows the speech. */
export function spoken(name: ClipName): Clip {
  const known = encoded.get(name) ?? encodeClip(clip(name));
  encoded.set(name, known);
  return known;
}

/** The packets of a clip, and then enough silence to end the turn. */
export function utterance(name: ClipName): readonly Uint8Array[] {
  const { packets, tail } = spoken(name);
  return [...packets, ...tail.slice(0, 25)];
}
