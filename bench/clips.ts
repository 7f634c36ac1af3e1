import { readFileSync } from 'node:fs';
import { encodeClip, type Clip } from '../src/fleet/index.js';
import { parseWav } from '../src/voice/audio/index.js';

export interface SpokenClip {
  readonly name: string;
  readonly text: string;
  readonly clip: Clip;
}

/** The five clips of `test/fixtures`, public domain (LibriVox, Sense and Sensibility). */
const TEXTS: Readonly<Record<string, string>> = {
  'austen-0870': 'and mister john dashwood had then leisure to consider how much there might be prudently in his power to do for them',
  'austen-0880': 'he was not an ill disposed young man',
  'austen-0890': 'unless to be rather cold hearted and rather selfish is to be ill disposed',
  'austen-0920': 'had he married a more amiable woman he might have been made still more respectable than he was',
  'austen-0930': 'he might even have been made amiable himself',
};

export function loadClips(): readonly SpokenClip[] {
  return Object.entries(TEXTS).map(([name, text]) => ({
    name,
    text,
    clip: encodeClip(parseWav(readFileSync(new URL(`../test/fixtures/${name}.wav`, import.meta.url))).pcm),
  }));
}
