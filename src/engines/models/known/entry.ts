import type { Bilingual } from '../../../core/index.js';
import type { AsrSpec, SpeakerSpec, TtsSpec } from '../spec.js';

/** A file of a model, with its name in the model's folder. */
export interface CatalogueFile {
  readonly name: string;
  /** Undefined: no source states the size. It is recorded at the first pull. */
  readonly sizeBytes?: number;
  readonly sha256?: string;
  /** The file's own addresses, tried in order. The model's mirrors and archive do not contain the file. */
  readonly at?: readonly string[];
}

/** The region in which a mirror is fast. The locale decides the order by it. */
export type MirrorPlace = 'china' | 'world';

/** Serves single files under `baseUrl`, or all files in one archive (`.tar.bz2`, `.tar.gz`). */
export type Mirror = { /** Name in `models.mirrors`. */ readonly name: string; readonly place: MirrorPlace } & (
  | { readonly baseUrl: string }
  | {
      readonly archiveUrl: string;
      /** Last seen hash of the archive. Publishers repack archives, so another hash is reported but accepted. */
      readonly sha256?: string;
    }
);

/** How a file is generated. `from` is the path of its source within the package. */
export type GeneratedFile =
  | { readonly maker: 'moonshine-tokens'; readonly from?: undefined }
  | {
      readonly maker: 'moonshine-decoder';
      readonly from: string;
      /** The source file. It is used if the generated file cannot be written. */
      readonly published: { readonly sizeBytes: number; readonly sha256: string };
    };

export type ModelSource =
  /** Files of an installed npm package, by their path within it, and files that are generated once on this machine. */
  | {
      readonly type: 'package';
      readonly packageName: string;
      readonly paths: Readonly<Record<string, string>>;
      readonly generated?: Readonly<Record<string, GeneratedFile>>;
    }
  | { readonly type: 'download'; readonly mirrors: readonly Mirror[] }
  /** Generated on this machine by `command`, without a download. */
  | { readonly type: 'made'; readonly command: string }
  /** A folder with this name that a user put into the models folder, without a download. */
  | { readonly type: 'folder'; readonly name: string };

interface CatalogueEntry {
  readonly id: string;
  /** Primary language subtags, or `*`. */
  readonly languages: readonly string[];
  readonly licence: string;
  /** One line for `chorus models list`. */
  readonly about: Bilingual;
  /** Approximate size of the download, shown to users and used to check the disk. 0 for a model from npm. */
  readonly downloadBytes: number;
  readonly files: readonly CatalogueFile[];
  /** Folders of many small files (espeak-ng's data) that only an archive contains. */
  readonly folders?: readonly string[];
  readonly source: ModelSource;
  /** Among the installed models of a language, the highest rank is used. */
  readonly rank: number;
  /** True: the server downloads it when a device needs it (`models.auto_pull`). */
  readonly auto: boolean;
  /** Hidden from users: it is used only if it is chosen by name, and listed only if it is installed. */
  readonly hidden?: true;
  /** Lists the sizes, hashes or addresses of this entry that were not read from the source itself. */
  readonly unverified?: string;
}

export interface AsrModel extends CatalogueEntry {
  readonly kind: 'asr';
  readonly spec: AsrSpec;
  /** False if the final punctuation mark has no meaning. */
  readonly punctuationMeansEnd: boolean;
  /** Initial estimate for one thread. Observed costs replace it. */
  readonly cost: { readonly overheadMs: number; readonly msPerAudioSecond: number };
}

export interface TtsModel extends CatalogueEntry {
  readonly kind: 'tts';
  readonly spec: TtsSpec;
  /** Initial estimate. Observed costs replace it. `spokenUnits` counts the units. */
  readonly cost: { readonly overheadMs: number; readonly msPerUnit: number };
}

export interface VadModel extends CatalogueEntry {
  readonly kind: 'vad';
}

/** Converts speech to a vector that is similar for the same voice. */
export interface SpeakerModel extends CatalogueEntry {
  readonly kind: 'speaker';
  readonly spec: SpeakerSpec;
  /** Initial estimate for one thread. Observed costs replace it. */
  readonly cost: { readonly overheadMs: number; readonly msPerAudioSecond: number };
}

/** Judges from the sound of the voice whether a turn is over. */
export interface TurnModel extends CatalogueEntry {
  readonly kind: 'turn';
}

export type CatalogueModel = AsrModel | TtsModel | VadModel | SpeakerModel | TurnModel;
