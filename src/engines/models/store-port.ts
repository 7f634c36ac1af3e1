import type { ErrorCode } from '../../core/index.js';
import type { CatalogueModel } from './catalogue.js';

export interface InstalledFile {
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface InstalledModel {
  readonly model: CatalogueModel;
  /** The model's own folder. Its files may be somewhere else, such as in an npm package. */
  readonly directory: string;
  readonly files: readonly InstalledFile[];
}

/** State of a model, for the banner, `/readyz` and the admin page. */
export interface ModelProgress {
  readonly id: string;
  /**
   * `waiting`: an attempt failed, perhaps because another process is pulling the model, and there will be another
   * attempt.
   */
  readonly state: 'installed' | 'missing' | 'downloading' | 'checking' | 'unpacking' | 'waiting';
  readonly receivedBytes: number;
  readonly totalBytes: number | undefined;
  /** 0..1. Undefined: the total is not known. */
  readonly fraction: number | undefined;
  /** Name of the mirror in use. */
  readonly mirror: string | undefined;
  /** Why the model is in the state `waiting`, as text. */
  readonly reason: string | undefined;
  /** Error code of the failed attempt, if the state is `waiting`. */
  readonly code?: ErrorCode;
}

export interface PullOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ModelProgress) => void;
  /** Base address of the files, or address of an archive, used instead of the mirrors. */
  readonly from?: string;
  /** An archive (`.tar.bz2`, `.tar.gz`, `.tar`) or a folder on this machine, used instead of the mirrors. */
  readonly file?: string;
  /** True: the model is downloaded again even if it is installed. */
  readonly force?: boolean;
}

export interface FileReport {
  readonly name: string;
  readonly result: 'ok' | 'missing' | 'wrong size' | 'wrong hash';
}

/** The models of a data folder. */
export interface ModelStore {
  readonly directory: string;
  readonly catalogue: readonly CatalogueModel[];
  /**
   * Returns the model as found at the last check. Undefined: the model or one of its files is missing. The check
   * compares only the sizes of the files. An engine checks their hashes when it loads them.
   */
  installed(id: string): InstalledModel | undefined;
  /** Progress of every model in the catalogue. */
  progress(): readonly ModelProgress[];
  progressOf(id: string): ModelProgress;
  /** Calls `listener` when `progress` has changed. Returns a function that removes the listener. */
  onChange(listener: (progress: ModelProgress) => void): () => void;
  /**
   * Installs a model. Resolves when the model is complete and checked. Received bytes are kept, so that a later pull
   * continues. An incomplete model is never treated as installed. Errors: `model.unknown`, `model.busy` (another
   * process is pulling it), `model.download_failed`, `model.corrupt`, `data.disk_full`, `data.not_writable`, or the
   * signal's reason.
   */
  pull(id: string, options?: PullOptions): Promise<InstalledModel>;
  /** Pulls a model in the background. Retries with growing pauses until the model is installed or the store closes. */
  ensure(id: string): void;
  /** Reads every byte of a model, and reports on each of its files. */
  verify(id: string): Promise<readonly FileReport[]>;
  /**
   * Removes a model. Returns false if it was not installed. Models that come with Chorus cannot be removed
   * (`model.unknown`).
   */
  remove(id: string): Promise<boolean>;
}
