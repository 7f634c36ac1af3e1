import type { Bilingual } from '../../core/index.js';
import type { ImportRow } from '../../providers/index.js';
import type { Tree } from '../tree.js';

export type Values = Readonly<Record<string, unknown>>;

/** Describes how one key of the Python server is imported. docs/moving-over.md is generated from these rows. */
export interface Row {
  /** Dotted path in which `*` matches any name. */
  readonly from: string;
  /** The new keys as text for people. Undefined if there is no counterpart. */
  readonly to?: string;
  readonly about: Bilingual;
  /** The old server's defaults. A default value in that server's own `config.yaml` does not count as chosen. */
  readonly sourceDefaults?: readonly Tree[];
  /** Returns undefined for a value that cannot be imported. Without `take`, the report only shows `about`. */
  readonly take?: (value: Tree) => Values | undefined;
  /** A person has to act if the key is set. */
  readonly manual?: true;
  /** This row only documents the key, which other code handles. */
  readonly elsewhere?: true;
  /** The value is free text, even if it contains words that look like a placeholder. */
  readonly isText?: true;
  readonly secret?: true;
}

/** A type of provider, selected by the `type` in its settings. A row without `take` has no counterpart. */
export interface ProviderRow extends Omit<ImportRow, 'to' | 'take'>, Partial<Pick<ImportRow, 'to' | 'take'>> {
  readonly module: ModuleName;
}

export const MODULES = ['LLM', 'TTS', 'ASR', 'VAD', 'Memory', 'Intent', 'VLLM'] as const;
export type ModuleName = (typeof MODULES)[number];
