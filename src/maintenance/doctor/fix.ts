import { chmod, mkdir, rm } from 'node:fs/promises';
import { asChorusError, type Text } from '../../core/index.js';
import { type Finding, type Fix } from './finding.js';
import { fixWords } from './words/fix.js';

export interface Fixed {
  readonly id: string;
  readonly done: boolean;
  /** What was done, or why it failed. */
  readonly words: Text;
}

export interface FixOptions {
  /** Fetches a model, and replaces an existing one. */
  readonly pull: (model: string) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Applies equal fixes only once. Rejects only with the signal's reason. */
export async function applyFixes(findings: readonly Finding[], options: FixOptions): Promise<readonly Fixed[]> {
  const fixed: Fixed[] = [];
  const seen = new Set<string>();
  for (const { id, fix } of findings) {
    if (fix === undefined || seen.has(JSON.stringify(fix))) continue;
    seen.add(JSON.stringify(fix));
    options.signal.throwIfAborted();
    try {
      await apply(fix, options);
      fixed.push({ id, done: true, words: DONE[fix.type](fix) });
    } catch (error) {
      options.signal.throwIfAborted();
      const { message } = asChorusError(error);
      fixed.push({ id, done: false, words: fixWords.failed(placeOf(fix), message) });
    }
  }
  return fixed;
}

async function apply(fix: Fix, { pull }: FixOptions): Promise<void> {
  switch (fix.type) {
    case 'chmod':
      return chmod(fix.path, fix.mode);
    case 'remove':
      return rm(fix.path, { recursive: true, force: true });
    case 'mkdir':
      await mkdir(fix.path, { recursive: true, mode: 0o750 });
      return undefined;
    case 'pull':
      return pull(fix.model);
  }
}

const placeOf = (fix: Fix): string => (fix.type === 'pull' ? fix.model : fix.path);

const DONE: Readonly<Record<Fix['type'], (fix: Fix) => Text>> = {
  chmod: (fix) => fixWords.chmod(placeOf(fix)),
  remove: (fix) => fixWords.remove(placeOf(fix)),
  mkdir: (fix) => fixWords.mkdir(placeOf(fix)),
  pull: (fix) => fixWords.pull(placeOf(fix)),
};
