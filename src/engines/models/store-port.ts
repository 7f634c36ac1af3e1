import type { ErrorCode } from '../../core/index.js';
import type { CatalogueModel } from './catalogue.js';

export interface InstalledFile {
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface InstalledModel {
  readonly model: CatalogueModel;
  /** The model's own folder. Its files may be elsewhere, for example in an npm package. */
  readonly directory: string;
  readonly files: readonly InstalledFile[];
}

/** State of a model, as shown to users. */
export interface ModelProgress {
  readonly id: string;
  /** `waiting` means that an attempt failed and another will follow. */
  readonly state: 'installed' | 'missing' | 'downloading' | 'checking' | 'unpacking' | 'waiting';
  readonly receivedBytes: number;
  readonly totalBytes: number | undefined;
  /** From 0 to 1. Undefined if the total is not known. */
  readonly fraction: number | undefined;
  readonly mirror: string | undefined;
  /** Why the last pull failed, as text. */
  readonly reason: string | undefined;
  /** Error code of the failed attempt, if the model waits. */
  readonly code?: ErrorCode;
}

export interface PullOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ModelProgress) => void;
  /** Base address of the files, or address of an archive, used instead of the mirrors. */
  readonly from?: string;
  /** An archive (`.tar.bz2`, `.tar.gz`, `.tar`) or a folder on this machine, used instead of the mirrors. */
  readonly file?: string;
  /** Downloads the model again even if it is installed. */
  readonly force?: boolean;
}

export interface FileReport {
  readonly name: string;
  readonly result: 'ok' | 'missing' | 'wrong size' | 'wrong hash';
}

export interface ModelStore {
  readonly directory: string;
  readonly catalogue: readonly CatalogueModel[];
  /**
   * Undefined if the model or one of its files was missing at the last check. The check compares only sizes. An engine
   * checks the hashes when it loads the files.
   */
  installed(id: string): InstalledModel | undefined;
  progress(): readonly ModelProgress[];
  progressOf(id: string): ModelProgress;
  /** Returns a function that removes the listener. */
  onChange(listener: (progress: ModelProgress) => void): () => void;
  /**
   * Resolves when the model is complete and checked. A later pull continues with the received bytes. Errors:
   * `model.unknown`, `model.missing` (not from a mirror), `model.busy` (another process is pulling it),
   * `model.download_failed`, `model.corrupt`, `data.disk_full`, `data.not_writable`, or the signal's reason.
   */
  pull(id: string, options?: PullOptions): Promise<InstalledModel>;
  /** Pulls a model in the background, and retries with growing pauses. */
  ensure(id: string): void;
  /** Reads every byte of a model. */
  verify(id: string): Promise<readonly FileReport[]>;
  /** Returns false if the model was not installed. Models that come with Chorus cannot be removed (`model.unknown`). */
  remove(id: string): Promise<boolean>;
}
