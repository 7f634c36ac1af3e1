import type { Bilingual } from '../../../core/index.js';
import type { AsrSpec, SpeakerSpec, TtsSpec } from '../spec.js';

export interface CatalogueFile {
  readonly name: string;
  /** Undefined if no source states the size. The first pull records the size. */
  readonly sizeBytes?: number;
  readonly sha256?: string;
  /**
   * Addresses of a file that mirrors and archives do not contain, tried in order. With a mirror in China, the order is
   * reversed.
   */
  readonly at?: readonly string[];
}

/** The region in which a mirror is fast. The user's locale decides which mirrors come first. */
export type MirrorPlace = 'china' | 'world';

/** Serves single files under `baseUrl`, or all files in one archive (`.tar.bz2`, `.tar.gz`). */
export type Mirror = { /** Name in `models.mirrors`. */ readonly name: string; readonly place: MirrorPlace } & (
  | { readonly baseUrl: string }
  | {
      readonly archiveUrl: string;
      /** Last known hash. Publishers repack archives, so a different hash is reported but accepted. */
      readonly sha256?: string;
    }
);

/** `from` is the path of the source file within the package. */
export type GeneratedFile =
  | { readonly maker: 'moonshine-tokens'; readonly from?: undefined }
  | {
      readonly maker: 'moonshine-decoder';
      readonly from: string;
      /** The source file in the package, used if the generated file cannot be written. */
      readonly published: { readonly sizeBytes: number; readonly sha256: string };
    };

export type ModelSource =
  /** `paths` are within an installed npm package. `generated` files are made once on this machine. */
  | {
      readonly type: 'package';
      readonly packageName: string;
      readonly paths: Readonly<Record<string, string>>;
      readonly generated?: Readonly<Record<string, GeneratedFile>>;
    }
  | { readonly type: 'download'; readonly mirrors: readonly Mirror[] }
  /** Generated on this machine by `command`. */
  | { readonly type: 'made'; readonly command: string }
  /** Put into the models folder by a user, in a folder with this name. */
  | { readonly type: 'folder'; readonly name: string };

interface CatalogueEntry {
  readonly id: string;
  /** Primary language subtags, or `*`. */
  readonly languages: readonly string[];
  readonly licence: string;
  /** One line for `chorus models list`. */
  readonly about: Bilingual;
  /** Approximate size, shown to users and used to check the disk. 0 for a model from npm. */
  readonly downloadBytes: number;
  readonly files: readonly CatalogueFile[];
  /** Folders with many small files, such as espeak-ng's data. Only an archive contains them. */
  readonly folders?: readonly string[];
  readonly source: ModelSource;
  /** Among the installed models for a language, the highest rank wins. */
  readonly rank: number;
  /** Whether the server downloads the model when a device needs it (`models.auto_pull`). */
  readonly auto: boolean;
  /** The model is used only if chosen by name, and listed only if installed. */
  readonly hidden?: true;
  /** Says which sizes, hashes or addresses were not read from the source itself. */
  readonly unverified?: string;
}

export interface AsrModel extends CatalogueEntry {
  readonly kind: 'asr';
  readonly spec: AsrSpec;
  /** Whether a final punctuation mark in recognised text means that the sentence is complete. */
  readonly punctuationMeansEnd: boolean;
  /** First estimate, for one thread. Measured costs replace it. */
  readonly cost: { readonly overheadMs: number; readonly msPerAudioSecond: number };
}

export interface TtsModel extends CatalogueEntry {
  readonly kind: 'tts';
  readonly spec: TtsSpec;
  /** First estimate, in the units of `spokenUnits`. Measured costs replace it. */
  readonly cost: { readonly overheadMs: number; readonly msPerUnit: number };
}

export interface VadModel extends CatalogueEntry {
  readonly kind: 'vad';
}

/** Converts speech to a vector. Vectors of the same voice are similar. */
export interface SpeakerModel extends CatalogueEntry {
  readonly kind: 'speaker';
  readonly spec: SpeakerSpec;
  /** First estimate, for one thread. Measured costs replace it. */
  readonly cost: { readonly overheadMs: number; readonly msPerAudioSecond: number };
}

/** Tells from the sound of the voice whether a turn is over. */
export interface TurnModel extends CatalogueEntry {
  readonly kind: 'turn';
}

export type CatalogueModel = AsrModel | TtsModel | VadModel | SpeakerModel | TurnModel;
