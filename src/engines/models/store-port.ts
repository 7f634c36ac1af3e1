import type { ErrorCode } from '../../core/index.js';
import type { CatalogueModel } from './catalogue.js';

export interface InstalledFile {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface InstalledModel {
  readonly model: CatalogueModel;
  /** The model's own folder. Its files may be elsewhere (in an npm package). */
  readonly directory: string;
  readonly files: readonly InstalledFile[];
}

/** State of a model, for the banner, `/readyz` and the admin page. */
export interface ModelProgress {
  readonly id: string;
  /**
   * `waiting`: an attempt failed, perhaps because another process is pulling the model. Another attempt will follow.
   */
  readonly state: 'installed' | 'missing' | 'downloading' | 'checking' | 'unpacking' | 'waiting';
  readonly receivedBytes: number;
  readonly totalBytes: number | undefined;
  /** 0..1. Undefined while the total is unknown. */
  readonly fraction: number | undefined;
  /** Name of the mirror in use. */
  readonly mirror: string | undefined;
  /** Reason for the state `waiting`, as text. */
  readonly reason: string | undefined;
  /** Error code of the attempt that failed, in the state `waiting`. */
  readonly code?: ErrorCode;
}

export interface PullOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ModelProgress) => void;
  /** Base address of the files, or address of an archive, used instead of the mirrors. */
  readonly from?: string;
  /** An archive (`.tar.bz2`, `.tar.gz`, `.tar`) or a folder on this machine, used instead of the mirrors. */
  readonly file?: string;
  /** True: an installed model is downloaded again. */
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
   * Returns the model as last seen. Undefined: the model, or a file of it, is missing. Only the sizes of the files were
   * compared. An engine checks the hashes when it loads the files.
   */
  installed(id: string): InstalledModel | undefined;
  /** Progress of every model in the catalogue. */
  progress(): readonly ModelProgress[];
  progressOf(id: string): ModelProgress;
  /** Calls `listener` when `progress` has changed. Returns a function that removes the listener. */
  onChange(listener: (progress: ModelProgress) => void): () => void;
  /**
   * Installs a model. Resolves when it is complete and checked. Received bytes are kept, so that a later pull
   * continues. An incomplete file never counts as a model. Errors: `model.unknown`, `model.busy` (another process),
   * `model.download_failed`, `model.corrupt`, `data.disk_full`, `data.not_writable`, or the signal's reason.
   */
  pull(id: string, options?: PullOptions): Promise<InstalledModel>;
  /** Pulls in the background and retries with growing pauses until the model is installed or the store closes. */
  ensure(id: string): void;
  /** Reads every byte of a model. */
  verify(id: string): Promise<readonly FileReport[]>;
  /**
   * Removes a model. Returns false if it was not installed. Models that come with Chorus cannot be removed
   * (`model.unknown`).
   */
  remove(id: string): Promise<boolean>;
}
