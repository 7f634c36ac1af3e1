import type { Bilingual } from '../../../core/index.js';
import type { AsrSpec, SpeakerSpec, TtsSpec } from '../spec.js';

/** A file of a model, with its name in the model's folder. */
export interface CatalogueFile {
  readonly name: string;
  /** Undefined: no source states the size, so it is recorded at the first pull. */
  readonly sizeBytes?: number;
  readonly sha256?: string;
  /** Addresses of this file alone, tried in order. Set if the model's mirrors and archive do not contain the file. */
  readonly at?: readonly string[];
}

/** Where a mirror is fast. The order of the mirrors depends on this and the user's locale. */
export type MirrorPlace = 'china' | 'world';

/** Serves single files under `baseUrl`, or all files in one archive (`.tar.bz2`, `.tar.gz`). */
export type Mirror = { /** Name in `models.mirrors`. */ readonly name: string; readonly place: MirrorPlace } & (
  | { readonly baseUrl: string }
  | {
      readonly archiveUrl: string;
      /** Last known hash of the archive. Publishers repack archives, so a different hash is reported but accepted. */
      readonly sha256?: string;
    }
);

/** How a file is generated. `from` is the path of its source within the package. */
export type GeneratedFile =
  | { readonly maker: 'moonshine-tokens'; readonly from?: undefined }
  | {
      readonly maker: 'moonshine-decoder';
      readonly from: string;
      /** The source file in the package. It is used as it is if the generated file cannot be written. */
      readonly published: { readonly sizeBytes: number; readonly sha256: string };
    };

export type ModelSource =
  /**
   * The files of an installed npm package, by their path within the package, and files that are generated from them
   * once on this machine.
   */
  | {
      readonly type: 'package';
      readonly packageName: string;
      readonly paths: Readonly<Record<string, string>>;
      readonly generated?: Readonly<Record<string, GeneratedFile>>;
    }
  | { readonly type: 'download'; readonly mirrors: readonly Mirror[] }
  /** Not downloaded, but generated on this machine by `command`. */
  | { readonly type: 'made'; readonly command: string }
  /** Not downloaded, but put into the models folder by a user, in a folder with this name. */
  | { readonly type: 'folder'; readonly name: string };

interface CatalogueEntry {
  readonly id: string;
  /** Primary language subtags, or `*`. */
  readonly languages: readonly string[];
  readonly licence: string;
  /** One line for `chorus models list`. */
  readonly about: Bilingual;
  /** Approximate size of the download. It is shown to users and used to check the disk. 0: the model comes from npm. */
  readonly downloadBytes: number;
  readonly files: readonly CatalogueFile[];
  /** Folders with many small files (espeak-ng's data). Only an archive contains them. */
  readonly folders?: readonly string[];
  readonly source: ModelSource;
  /** Of the installed models for a language, the one with the highest rank is used. */
  readonly rank: number;
  /** True: the server downloads the model when a device needs it (`models.auto_pull`). */
  readonly auto: boolean;
  /** True: the model is used only if it is chosen by name, and listed only if it is installed. */
  readonly hidden?: true;
  /** Lists the sizes, hashes or addresses of this entry that were not read from the source itself. */
  readonly unverified?: string;
}

export interface AsrModel extends CatalogueEntry {
  readonly kind: 'asr';
  readonly spec: AsrSpec;
  /** False: the final punctuation mark in a recognised text does not mean that the sentence is complete. */
  readonly punctuationMeansEnd: boolean;
  /** First estimate, for one thread. It is replaced by the measured cost. */
  readonly cost: { readonly overheadMs: number; readonly msPerAudioSecond: number };
}

export interface TtsModel extends CatalogueEntry {
  readonly kind: 'tts';
  readonly spec: TtsSpec;
  /** First estimate, in the units of `spokenUnits`. It is replaced by the measured cost. */
  readonly cost: { readonly overheadMs: number; readonly msPerUnit: number };
}

export interface VadModel extends CatalogueEntry {
  readonly kind: 'vad';
}

/** Converts speech to a vector. Vectors of the same voice are similar. */
export interface SpeakerModel extends CatalogueEntry {
  readonly kind: 'speaker';
  readonly spec: SpeakerSpec;
  /** First estimate, for one thread. It is replaced by the measured cost. */
  readonly cost: { readonly overheadMs: number; readonly msPerAudioSecond: number };
}

/** Tells from the sound of the voice whether a turn is over. */
export interface TurnModel extends CatalogueEntry {
  readonly kind: 'turn';
}

export type CatalogueModel = AsrModel | TtsModel | VadModel | SpeakerModel | TurnModel;
