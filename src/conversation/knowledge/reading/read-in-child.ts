import { ChorusError, type Clock, type Logger, type Metrics, type Scope } from '../../../core/index.js';
import { childEntry, runInOwnChild } from '../../../engines/index.js';
import type { KnowledgePassage } from '../../../platform/store/index.js';
import { unreadable, type DocumentText } from './document-text.js';
import { knowledgeWords } from '../words.js';

export interface ReadCall {
  readonly file: string;
  /** Name of the file, for display. Its extension tells whether the text is Markdown. */
  readonly fileName: string;
  /** If undefined, the document's own title is used, or else the name of its file. */
  readonly title: string | undefined;
}

export interface ReadAnswer extends Pick<DocumentText, 'format' | 'pages'> {
  readonly title: string;
  readonly sha256: string;
  readonly characters: number;
  readonly searchIndex: string;
}

/** A message with the next passages. All of these messages come before the answer. */
export interface ReadPassages {
  readonly passages: readonly KnowledgePassage[];
}

export interface ReadDocument extends ReadAnswer {
  readonly passages: readonly KnowledgePassage[];
}

export interface ReadOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
  readonly signal: AbortSignal;
}

/** The process is killed after ten times this time. A PDF of 300 pages takes 2 to 4 s on a desktop. */
const PREDICTED_MS = 12_000;
/** Heap limit in MB. A document that needs more ends only this process. */
const HEAP_MB = 512;

/** Rejects with `knowledge.*` or the signal's reason. */
export async function readInChild(
  call: ReadCall,
  { clock, log, metrics, scope, signal }: ReadOptions,
): Promise<ReadDocument> {
  const passages: KnowledgePassage[] = [];
  const { file, execArgv } = childEntry(import.meta.url, 'knowledge-child');
  try {
    const answer = await runInOwnChild<ReadAnswer>(call, {
      name: 'knowledge',
      entry: { file, execArgv: [`--max-old-space-size=${HEAP_MB}`, ...execArgv] },
      clock,
      log,
      metrics,
      scope: scope.child('reading of a document'),
      onEvent: (event) => passages.push(...(event as ReadPassages).passages), // Both ends are the same build.
      predictedMs: PREDICTED_MS,
      retryOnCrash: false,
      signal,
    });
    return { ...answer, passages };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ChorusError && error.code.startsWith('knowledge.')) throw error;
    throw unreadable(knowledgeWords.readingTooLong, error);
  }
}
