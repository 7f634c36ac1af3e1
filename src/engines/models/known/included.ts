import type { CatalogueModel } from './entry.js';

/** Models that come with Chorus or are made by it. Hashes of npm files: of the installed packages' locked versions. */
export const INCLUDED: readonly CatalogueModel[] = [
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
        name: 'decoder.onnx',
        sizeBytes: 20_244_602,
        sha256: '973e0f87677ed190593526fbaafe9fda216d1bdeafc7204d9e0d2ab9f7c833a1',
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
      },
      generated: {
        'decoder.onnx': {
          maker: 'moonshine-decoder',
          from: 'dist/model/tiny/quantized/decoder_model_merged.onnx',
          published: {
            sizeBytes: 20_243_286,
            sha256: 'eed87831c3a6103534aae7d47a5d485025c659a1323901513961c39fe8a1a367',
          },
        },
        'tokens.txt': { maker: 'moonshine-tokens' },
      },
    },
    rank: 10,
    auto: true,
    spec: {
      family: 'moonshine',
      encoder: 'encoder_model.onnx',
      mergedDecoder: 'decoder.onnx',
      tokens: 'tokens.txt',
    },
    punctuationMeansEnd: true,
    cost: { overheadMs: 8, msPerAudioSecond: 19 },
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
];
