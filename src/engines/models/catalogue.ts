import type { Bilingual } from '../../core/index.js';
import type { AsrSpec, TtsSpec } from './spec.js';

/** A file of a model, under this name in the model's folder. */
export interface CatalogueFile {
  readonly name: string;
  /** Undefined: could not be read from a source; recorded at the first pull. */
  readonly sizeBytes?: number;
  readonly sha256?: string;
}

/** Where the host of a mirror is quick: decides the order by locale. */
export type MirrorPlace = 'china' | 'world';

/** Serves the files one by one under `baseUrl`, or all of them in one archive (`.tar.bz2`, `.tar.gz`). */
export type Mirror = { /** As `models.mirrors` names it. */ readonly name: string; readonly place: MirrorPlace } & (
  | { readonly baseUrl: string }
  | { readonly archiveUrl: string }
);

export type ModelSource =
  /** Files of an installed npm package, by their path within it. */
  | {
      readonly type: 'package';
      readonly packageName: string;
      readonly paths: Readonly<Record<string, string>>;
      readonly generated?: 'moonshine-tokens';
    }
  | { readonly type: 'download'; readonly mirrors: readonly Mirror[] }
  /** Written on this machine by `command`; there is nothing to fetch. */
  | { readonly type: 'made'; readonly command: string };

interface CatalogueEntry {
  readonly id: string;
  /** Primary language subtags, or `*`. */
  readonly languages: readonly string[];
  readonly licence: string;
  /** One line for `chorus models list`. */
  readonly about: Bilingual;
  /** About how much is downloaded, to show and to check the disk; 0 for what comes from npm. */
  readonly downloadBytes: number;
  readonly files: readonly CatalogueFile[];
  readonly source: ModelSource;
  /** Among installed models of a language the highest is taken. */
  readonly rank: number;
  /** Fetched without being asked when a device needs it (`models.auto_pull`). */
  readonly auto: boolean;
  /** Of no use to people: serves only where it is chosen by name, and is listed only where it is installed. */
  readonly hidden?: true;
  /** Sizes, hashes or addresses that were not read from the source itself. */
  readonly unverified?: string;
}

export interface AsrModel extends CatalogueEntry {
  readonly kind: 'asr';
  readonly spec: AsrSpec;
  /** False where the final mark carries no meaning. */
  readonly punctuationMeansEnd: boolean;
  /** The cost to begin with, one thread, replaced by what is observed. */
  readonly cost: { readonly overheadMs: number; readonly msPerAudioSecond: number };
}

export interface TtsModel extends CatalogueEntry {
  readonly kind: 'tts';
  readonly spec: TtsSpec;
  /** A guess to begin with, replaced by what is observed; units as `spokenUnits` counts them. */
  readonly cost: { readonly overheadMs: number; readonly msPerUnit: number };
}

export interface VadModel extends CatalogueEntry {
  readonly kind: 'vad';
}

export type CatalogueModel = AsrModel | TtsModel | VadModel;

const hugging = (repository: string): readonly Mirror[] => [
  { name: 'hf-mirror', place: 'china', baseUrl: `https://hf-mirror.com/${repository}/resolve/main` },
  { name: 'huggingface', place: 'world', baseUrl: `https://huggingface.co/${repository}/resolve/main` },
];
const modelScope = (repository: string): Mirror => ({
  name: 'modelscope',
  place: 'china',
  baseUrl: `https://www.modelscope.cn/models/${repository}/resolve/master`,
});
const release = (tag: string, archive: string): Mirror => ({
  name: 'github',
  place: 'world',
  archiveUrl: `https://github.com/k2-fsa/sherpa-onnx/releases/download/${tag}/${archive}.tar.bz2`,
});

const NOT_TRIED = 'no address could be reached where this was written';

/** Every model Chorus knows. Hashes of npm files were computed from the installed packages of the locked versions. */
export const CATALOGUE: readonly CatalogueModel[] = [
  {
    id: 'moonshine-tiny-en',
    kind: 'asr',
    languages: ['en'],
    licence: 'MIT',
    about: { en: 'English, small and fast; comes with Chorus', zh: '英语，小而快，随 Chorus 安装' },
    downloadBytes: 0,
    files: [
      {
        name: 'encoder_model.onnx',
        sizeBytes: 7_937_661,
        sha256: 'c6fc4b7bc5af75c0591fd157a1f3829b533d18e9769a888fd95a62e470dd4f4a',
      },
      {
        name: 'decoder_model_merged.onnx',
        sizeBytes: 20_243_286,
        sha256: 'eed87831c3a6103534aae7d47a5d485025c659a1323901513961c39fe8a1a367',
      },
      {
        name: 'tokens.txt',
        sizeBytes: 506_922,
        sha256: '0547fb182949fbf8ae2ae046de2c3da652c9c6b7e87b25287bd53ddc32ef10a6',
      },
    ],
    source: {
      type: 'package',
      packageName: '@moonshine-ai/moonshine-js',
      paths: {
        'encoder_model.onnx': 'dist/model/tiny/quantized/encoder_model.onnx',
        'decoder_model_merged.onnx': 'dist/model/tiny/quantized/decoder_model_merged.onnx',
      },
      generated: 'moonshine-tokens',
    },
    rank: 10,
    auto: true,
    spec: {
      family: 'moonshine',
      encoder: 'encoder_model.onnx',
      mergedDecoder: 'decoder_model_merged.onnx',
      tokens: 'tokens.txt',
    },
    punctuationMeansEnd: true,
    cost: { overheadMs: 15, msPerAudioSecond: 27 },
  },
  {
    id: 'silero-vad',
    kind: 'vad',
    languages: ['*'],
    licence: 'MIT',
    about: { en: 'Voice activity detection; comes with Chorus', zh: '语音活动检测，随 Chorus 安装' },
    downloadBytes: 0,
    files: [
      {
        name: 'silero_vad_v6.onnx',
        sizeBytes: 2_327_524,
        sha256: '1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3',
      },
    ],
    source: {
      type: 'package',
      packageName: '@ricky0123/vad-web',
      paths: { 'silero_vad_v6.onnx': 'dist/silero_vad_v6.onnx' },
    },
    rank: 10,
    auto: true,
  },
  {
    id: 'sense-voice-int8',
    kind: 'asr',
    languages: ['zh', 'yue', 'en', 'ja', 'ko'],
    licence: 'FunASR Model Licence 1.1',
    about: {
      en: 'Chinese, Cantonese, English, Japanese, Korean (SenseVoice Small)',
      zh: '中文、粤语、英语、日语、韩语（SenseVoice Small）',
    },
    downloadBytes: 239_000_000,
    files: [{ name: 'model.int8.onnx' }, { name: 'tokens.txt' }],
    source: {
      type: 'download',
      mirrors: [
        modelScope('pengzhendong/sherpa-onnx-sense-voice-zh-en-ja-ko-yue'),
        ...hugging('csukuangfj/sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17'),
        release('asr-models', 'sherpa-onnx-sense-voice-zh-en-ja-ko-yue-int8-2024-07-17'),
      ],
    },
    rank: 50,
    auto: true,
    unverified: `no exact size, no hash; ${NOT_TRIED}`,
    spec: { family: 'sense-voice', model: 'model.int8.onnx', tokens: 'tokens.txt' },
    punctuationMeansEnd: false,
    cost: { overheadMs: 15, msPerAudioSecond: 62 },
  },
  {
    id: 'paraformer-zh-int8',
    kind: 'asr',
    languages: ['zh'],
    licence: 'MIT (as its page says)',
    about: { en: 'Mandarin (Paraformer); no punctuation', zh: '普通话（Paraformer），无标点' },
    downloadBytes: 223_000_000,
    files: [{ name: 'model.int8.onnx' }, { name: 'tokens.txt' }],
    source: {
      type: 'download',
      mirrors: [
        ...hugging('csukuangfj/sherpa-onnx-paraformer-zh-2023-03-28'),
        release('asr-models', 'sherpa-onnx-paraformer-zh-2023-03-28'),
      ],
    },
    rank: 40,
    auto: false,
    unverified: `no exact size, no hash; ${NOT_TRIED}`,
    spec: { family: 'paraformer', model: 'model.int8.onnx', tokens: 'tokens.txt' },
    punctuationMeansEnd: false,
    cost: { overheadMs: 15, msPerAudioSecond: 62 },
  },
  {
    id: 'whisper-base',
    kind: 'asr',
    languages: ['*'],
    licence: 'MIT',
    about: { en: 'Ninety languages, slow (Whisper base)', zh: '九十种语言，较慢（Whisper base）' },
    downloadBytes: 161_000_000,
    files: [{ name: 'base-encoder.int8.onnx' }, { name: 'base-decoder.int8.onnx' }, { name: 'base-tokens.txt' }],
    source: {
      type: 'download',
      mirrors: [...hugging('csukuangfj/sherpa-onnx-whisper-base'), release('asr-models', 'sherpa-onnx-whisper-base')],
    },
    rank: 5,
    auto: false,
    unverified: `no exact size, no hash; ${NOT_TRIED}`,
    spec: {
      family: 'whisper',
      encoder: 'base-encoder.int8.onnx',
      decoder: 'base-decoder.int8.onnx',
      tokens: 'base-tokens.txt',
    },
    punctuationMeansEnd: true,
    cost: { overheadMs: 600, msPerAudioSecond: 100 },
  },
  {
    id: 'sensevoice-cost',
    kind: 'asr',
    languages: ['*'],
    licence: 'MIT',
    about: {
      en: 'Costs what SenseVoice costs and understands nothing; for chorus bench',
      zh: '运算量与 SenseVoice 相同，但听不懂话，仅用于 chorus bench',
    },
    downloadBytes: 0,
    files: [{ name: 'model.int8.onnx' }, { name: 'tokens.txt' }],
    source: { type: 'made', command: 'chorus bench make-model' },
    rank: 0,
    auto: false,
    hidden: true,
    spec: { family: 'sense-voice', model: 'model.int8.onnx', tokens: 'tokens.txt' },
    punctuationMeansEnd: false,
    cost: { overheadMs: 15, msPerAudioSecond: 62 },
  },
  {
    id: 'melo-zh-en',
    kind: 'tts',
    languages: ['zh', 'en'],
    licence: 'MIT',
    about: { en: 'A Mandarin voice that also reads English (MeloTTS)', zh: '普通话女声，也能读英文（MeloTTS）' },
    downloadBytes: 178_000_000,
    files: [
      { name: 'model.onnx' },
      { name: 'lexicon.txt' },
      { name: 'tokens.txt' },
      { name: 'phone.fst' },
      { name: 'date.fst' },
      { name: 'number.fst' },
      { name: 'new_heteronym.fst' },
    ],
    source: {
      type: 'download',
      mirrors: [
        modelScope('csukuangfj/vits-melo-tts-zh_en'),
        ...hugging('csukuangfj/vits-melo-tts-zh_en'),
        release('tts-models', 'vits-melo-tts-zh_en'),
      ],
    },
    rank: 50,
    auto: true,
    unverified: `no exact size, no hash; ${NOT_TRIED}`,
    spec: {
      model: 'model.onnx',
      lexicon: ['lexicon.txt'],
      tokens: 'tokens.txt',
      ruleFsts: ['phone.fst', 'date.fst', 'number.fst', 'new_heteronym.fst'],
    },
    cost: { overheadMs: 100, msPerUnit: 25 },
  },
];

export function findModel(id: string, catalogue: readonly CatalogueModel[] = CATALOGUE): CatalogueModel | undefined {
  return catalogue.find((model) => model.id === id);
}
