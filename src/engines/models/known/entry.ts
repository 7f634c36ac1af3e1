import type { Bilingual } from '../../../core/index.js';
import type { AsrSpec, SpeakerSpec, TtsSpec } from '../spec.js';

/** A file of a model, under this name in the model's folder. */
export interface CatalogueFile {
  readonly name: string;
  /** Undefined: could not be read from a source; recorded at the first pull. */
  readonly sizeBytes?: number;
  readonly sha256?: string;
  /** The file's own addresses, tried in turn. It is not in the model's mirrors or archive. */
  readonly at?: readonly string[];
}

/** The region in which the host of a mirror is fast. It decides the order by locale. */
export type MirrorPlace = 'china' | 'world';

/** Serves the files one by one under `baseUrl`, or all of them in one archive (`.tar.bz2`, `.tar.gz`). */
export type Mirror = { /** As `models.mirrors` names it. */ readonly name: string; readonly place: MirrorPlace } & (
  | { readonly baseUrl: string }
  | {
      readonly archiveUrl: string;
      /** Hash of the archive as last seen. Publishers repack, so another hash is reported and not refused. */
      readonly sha256?: string;
    }
);

/** The maker of a file. `from` is the path of its source within the package. */
export type GeneratedFile =
  | { readonly maker: 'moonshine-tokens'; readonly from?: undefined }
  | {
      readonly maker: 'moonshine-decoder';
      readonly from: string;
      /** The file that it is made from. It is used where the made file cannot be written. */
      readonly published: { readonly sizeBytes: number; readonly sha256: string };
    };

export type ModelSource =
  /** Files of an installed npm package, by their path within it, and files that are made once on this machine. */
  | {
      readonly type: 'package';
      readonly packageName: string;
      readonly paths: Readonly<Record<string, string>>;
      readonly generated?: Readonly<Record<string, GeneratedFile>>;
    }
  | { readonly type: 'download'; readonly mirrors: readonly Mirror[] }
  /** Written on this machine by `command`; there is nothing to fetch. */
  | { readonly type: 'made'; readonly command: string }
  /** Put into the folder of models by hand, under this name; there is nothing to fetch. */
  | { readonly type: 'folder'; readonly name: string };

interface CatalogueEntry {
  readonly id: string;
  /** Primary language subtags, or `*`. */
  readonly languages: readonly string[];
  readonly licence: string;
  /** One line for `chorus models list`. */
  readonly about: Bilingual;
  /** Approximate size of the download, to show and to check the disk; 0 for a model from npm. */
  readonly downloadBytes: number;
  readonly files: readonly CatalogueFile[];
  /** Folders of many small files (espeak-ng's data), which only an archive has. */
  readonly folders?: readonly string[];
  readonly source: ModelSource;
  /** The installed model of a language with the highest rank is taken. */
  readonly rank: number;
  /** True: the server fetches it by itself when a device needs it (`models.auto_pull`). */
  readonly auto: boolean;
  /** Useless to people: it serves only if it is chosen by name, and is listed only if it is installed. */
  readonly hidden?: true;
  /** Names the sizes, hashes or addresses of this entry that were not read from the source itself. */
  readonly unverified?: string;
}

export interface AsrModel extends CatalogueEntry {
  readonly kind: 'asr';
  readonly spec: AsrSpec;
  /** False where the final mark carries no meaning. */
  readonly punctuationMeansEnd: boolean;
  /** Initial estimate for one thread; observed costs replace it. */
  readonly cost: { readonly overheadMs: number; readonly msPerAudioSecond: number };
}

export interface TtsModel extends CatalogueEntry {
  readonly kind: 'tts';
  readonly spec: TtsSpec;
  /** Initial estimate; observed costs replace it. Units as `spokenUnits` counts them. */
  readonly cost: { readonly overheadMs: number; readonly msPerUnit: number };
}

export interface VadModel extends CatalogueEntry {
  readonly kind: 'vad';
}

/** Turns speech into a vector that is similar for the same voice. */
export interface SpeakerModel extends CatalogueEntry {
  readonly kind: 'speaker';
  readonly spec: SpeakerSpec;
  /** Initial estimate for one thread; observed costs replace it. */
  readonly cost: { readonly overheadMs: number; readonly msPerAudioSecond: number };
}

/** Judges by the sound of the voice whether a turn is over. */
export interface TurnModel extends CatalogueEntry {
  readonly kind: 'turn';
}

export type CatalogueModel = AsrModel | TtsModel | VadModel | SpeakerModel | TurnModel;
