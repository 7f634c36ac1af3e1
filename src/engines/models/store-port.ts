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
  /** The model's own folder; its files may be elsewhere (in an npm package). */
  readonly directory: string;
  readonly files: readonly InstalledFile[];
}

/** State of a model, for the banner, `/readyz` and the page. */
export interface ModelProgress {
  readonly id: string;
  /**
   * `waiting`: an attempt failed, perhaps because another process is pulling the model, and another attempt will
   * follow.
   */
  readonly state: 'installed' | 'missing' | 'downloading' | 'checking' | 'unpacking' | 'waiting';
  readonly receivedBytes: number;
  readonly totalBytes: number | undefined;
  /** 0..1; undefined while the total is unknown. */
  readonly fraction: number | undefined;
  /** Name of the mirror at work. */
  readonly mirror: string | undefined;
  /** Reason for the state `waiting`, in words. */
  readonly reason: string | undefined;
  /** For `waiting`: error code of the attempt that failed. */
  readonly code?: ErrorCode;
}

export interface PullOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ModelProgress) => void;
  /** Base address of the files, or of an archive, to use in place of the mirrors. */
  readonly from?: string;
  /** An archive (`.tar.bz2`, `.tar.gz`, `.tar`) or a folder on this machine, in place of the mirrors. */
  readonly file?: string;
  /** True: an installed model is fetched again. */
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
   * The model as it was found last. Undefined: the model, or a file of it, is missing. Only the sizes of its files were
   * compared; their hashes are checked when an engine loads them.
   */
  installed(id: string): InstalledModel | undefined;
  /** Progress of every model in the catalogue. */
  progress(): readonly ModelProgress[];
  progressOf(id: string): ModelProgress;
  /** Calls `listener` when `progress` has changed. Returns a function that ends these calls. */
  onChange(listener: (progress: ModelProgress) => void): () => void;
  /**
   * Installs a model. Resolves when it is complete and checked. Errors: `model.unknown`, `model.busy` (another
   * process), `model.download_failed`, `model.corrupt`, `data.disk_full`, `data.not_writable`, or the signal's reason.
   * Received bytes stay for a later resumption; a half-written file is never taken for a model.
   */
  pull(id: string, options?: PullOptions): Promise<InstalledModel>;
  /** Pulls in the background, again and again with growing pauses, until the model is there or the store closes. */
  ensure(id: string): void;
  /** Reads every byte of a model. */
  verify(id: string): Promise<readonly FileReport[]>;
  /** Removes a model. False: it was not there. Models that come with Chorus cannot be removed (`model.unknown`). */
  remove(id: string): Promise<boolean>;
}
