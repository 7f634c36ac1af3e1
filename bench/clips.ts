import type { Clip } from '../src/measure/fleet/index.js';
import { SAID, spoken } from '../test/e2e/transcripts.js';

export interface SpokenClip {
  readonly name: string;
  readonly text: string;
  readonly clip: Clip;
}

export function loadClips(): readonly SpokenClip[] {
  return (Object.keys(SAID) as (keyof typeof SAID)[]).map((name) => ({ name, text: SAID[name], clip: spoken(name) }));
}
