import type { Bilingual } from '../../core/index.js';
import type { ImportRow } from '../../providers/index.js';
import type { Tree } from '../tree.js';

/** New keys and what they are set to. */
export type Values = Readonly<Record<string, unknown>>;

/** One key of the Python server, and what becomes of it. docs/moving-over.md is made of these. */
export interface Row {
  /** Dotted; `*` stands for any name. */
  readonly from: string;
  /** New keys, for people. Absent: it has no counterpart. */
  readonly to?: string;
  /** What happens with it, and why. */
  readonly about: Bilingual;
  /** What stands there when nobody chose anything: in that server's own `config.yaml` it is not a wish. */
  readonly theirs?: readonly Tree[];
  /** Undefined: not a value that can be taken; none: there is nothing to set. Absent: nothing is set from here alone. */
  readonly take?: (value: Tree) => Values | undefined;
  /** Somebody has to do something where it is set. */
  readonly byHand?: true;
  /** Its keys are looked at one by one elsewhere. */
  readonly elsewhere?: true;
  /** Sentences: a word that elsewhere marks an example means nothing here. */
  readonly prose?: true;
  /** What stands there may be a secret. */
  readonly secret?: true;
}

/** A kind of provider, by the `type` in its settings; without `take` it has no counterpart. */
export interface ProviderRow extends Omit<ImportRow, 'to' | 'take'>, Partial<Pick<ImportRow, 'to' | 'take'>> {
  readonly module: ModuleName;
}

export const MODULES = ['LLM', 'TTS', 'ASR', 'VAD', 'Memory', 'Intent', 'VLLM'] as const;
export type ModuleName = (typeof MODULES)[number];
