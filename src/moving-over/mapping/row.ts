import type { Bilingual } from '../../core/index.js';
import type { ImportRow } from '../../providers/index.js';
import type { Tree } from '../tree.js';

/** New keys and their values. */
export type Values = Readonly<Record<string, unknown>>;

/** The import of one key of the Python server. docs/moving-over.md is generated from these rows. */
export interface Row {
  /** Dotted path; `*` stands for any name. */
  readonly from: string;
  /** The new keys, as text for people. Absent if there is no counterpart. */
  readonly to?: string;
  /** Explains the import to people. */
  readonly about: Bilingual;
  /** Defaults of the source: in its own `config.yaml` they do not count as chosen. */
  readonly sourceDefaults?: readonly Tree[];
  /**
   * Converts the value. Undefined: it cannot be imported. Empty: nothing to set. Absent: this key alone sets nothing.
   */
  readonly take?: (value: Tree) => Values | undefined;
  /** A person has to do something if the key is set. */
  readonly manual?: true;
  /** The keys below it are handled one by one elsewhere. */
  readonly elsewhere?: true;
  /** The value is free text, in which the words of placeholders may occur. */
  readonly isText?: true;
  /** The value may be a secret. */
  readonly secret?: true;
}

/** A kind of provider, by the `type` in its settings; without `take` it has no counterpart. */
export interface ProviderRow extends Omit<ImportRow, 'to' | 'take'>, Partial<Pick<ImportRow, 'to' | 'take'>> {
  readonly module: ModuleName;
}

export const MODULES = ['LLM', 'TTS', 'ASR', 'VAD', 'Memory', 'Intent', 'VLLM'] as const;
export type ModuleName = (typeof MODULES)[number];
