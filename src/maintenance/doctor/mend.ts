import { chmod, mkdir, rm } from 'node:fs/promises';
import { asChorusError } from '../../core/index.js';
import { both, type Finding, type Remedy } from './finding.js';
import type { Text } from '../../measure/report/index.js';

/** What became of one remedy. */
export interface Mended {
  /** Of the finding. */
  readonly id: string;
  readonly done: boolean;
  /** What was done, or why not. */
  readonly words: Text;
}

export interface MendOptions {
  /** Fetches a model, also over what is there. */
  readonly pull: (model: string) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Applies the remedies of the findings, each once. Values of the configuration are never touched. Rejects only with the signal's reason. */
export async function mend(findings: readonly Finding[], options: MendOptions): Promise<readonly Mended[]> {
  const mended: Mended[] = [];
  const seen = new Set<string>();
  for (const { id, remedy } of findings) {
    if (remedy === undefined || seen.has(JSON.stringify(remedy))) continue;
    seen.add(JSON.stringify(remedy));
    options.signal.throwIfAborted();
    try {
      await apply(remedy, options);
      mended.push({ id, done: true, words: DONE[remedy.type](remedy) });
    } catch (error) {
      options.signal.throwIfAborted();
      const { message } = asChorusError(error);
      mended.push({ id, done: false, words: both(`${placeOf(remedy)}: ${message}`, `${placeOf(remedy)}：${message}`) });
    }
  }
  return mended;
}

async function apply(remedy: Remedy, { pull }: MendOptions): Promise<void> {
  switch (remedy.type) {
    case 'chmod':
      return chmod(remedy.path, remedy.mode);
    case 'remove':
      return rm(remedy.path, { recursive: true, force: true });
    case 'mkdir':
      await mkdir(remedy.path, { recursive: true, mode: 0o750 });
      return undefined;
    case 'pull':
      return pull(remedy.model);
  }
}

const placeOf = (remedy: Remedy): string => (remedy.type === 'pull' ? remedy.model : remedy.path);

const DONE: Readonly<Record<Remedy['type'], (remedy: Remedy) => Text>> = {
  chmod: (remedy) =>
    both(`${placeOf(remedy)} can be read by its owner only.`, `${placeOf(remedy)} 现在只有所有者能读。`),
  remove: (remedy) => both(`${placeOf(remedy)} was removed.`, `已删除 ${placeOf(remedy)}。`),
  mkdir: (remedy) => both(`${placeOf(remedy)} was created.`, `已创建 ${placeOf(remedy)}。`),
  pull: (remedy) => both(`${placeOf(remedy)} was fetched and checked.`, `已下载并校验 ${placeOf(remedy)}。`),
};
