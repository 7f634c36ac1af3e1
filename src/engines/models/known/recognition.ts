import { asr } from './asr-model.js';
import type { AsrModel } from './entry.js';
import { file, from, hugging, modelScope, NO_HASH, release } from './sources.js';

/** Models that decode whole utterances: SenseVoice, Paraformer, Zipformer. */
export const RECOGNITION: readonly AsrModel[] = [
  asr({
    id: 'sense-voice-int8',
    languages: ['zh', 'yue', 'en', 'ja', 'ko'],
    licence: 'FunASR Model Licence 1.1',
    about: {
      en: 'Chinese, Cantonese, English, Japanese, Korean (SenseVoice Small)',
      zh: '中文、粤语、英语、日语、韩语（SenseVoice Small）',
    },
    files: [
      file('model.int8.onnx', 239_233_841, 'c71f0ce00bec95b07744e116345e33d8cbbe08cef896382cf907bf4b51a2cd51'),
      file('tokens.txt', 315_894, 'f449eb28dc567533d7fa59be34e2abca8784f771850c78a47fb731a31429a1dc'),
    ],
    source: from(
      modelScope('pengzhendong/sherpa-onnx-sense-voice-zh-en-ja-ko-yue', '73eca47697f980daa3d16112404174b6b950b514'),
      hugging('sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17', '2365baeacb507f821a0c8120fcee3d484dba7a07'),
      release(
        'asr-models',
        'sherpa-onnx-sense-voice-zh-en-ja-ko-yue-int8-2024-07-17',
        '7d1efa2138a65b0b488df37f8b89e3d91a60676e416f515b952358d83dfd347e',
      ),
    ),
    rank: 50,
    spec: { family: 'sense-voice', model: 'model.int8.onnx', tokens: 'tokens.txt' },
    auto: true,
    cost: { overheadMs: 15, msPerAudioSecond: 62 },
  }),
  asr({
    id: 'sense-voice-fp32',
    languages: ['zh', 'yue', 'en', 'ja', 'ko'],
    licence: 'FunASR Model Licence 1.1',
    about: {
      en: 'SenseVoice Small with its full weights: slower, hardly better',
      zh: 'SenseVoice Small 完整权重：更慢，几乎不更准',
    },
    files: [
      file('model.onnx', 937_617_178, '977016bd9c79f9eb343430b5cc305e07ab64d5212dff41b0dcfa1694bee9a8cb'),
      file('tokens.txt', 315_894, 'f449eb28dc567533d7fa59be34e2abca8784f771850c78a47fb731a31429a1dc'),
    ],
    source: from(
      modelScope('pengzhendong/sherpa-onnx-sense-voice-zh-en-ja-ko-yue', '73eca47697f980daa3d16112404174b6b950b514'),
      hugging('sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17', '2365baeacb507f821a0c8120fcee3d484dba7a07'),
      release(
        'asr-models',
        'sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17',
        'f6b2a72ebcb1ac7a764d4cfccd886e6bcb2a95c4657c2199d0ba95ed4b9ea71a',
      ),
    ),
    rank: 30,
    spec: { family: 'sense-voice', model: 'model.onnx', tokens: 'tokens.txt' },
  }),
  asr({
    id: 'sense-voice-yue-int8',
    languages: ['yue', 'zh', 'en'],
    licence: 'FunASR Model Licence 1.1',
    about: {
      en: 'Cantonese above all; no punctuation (SenseVoice, fine-tuned)',
      zh: '主要用于粤语，无标点（SenseVoice 微调版）',
    },
    files: [
      file('model.int8.onnx', 237_115_547, '12ca1a2ae7ecf3e0019ef2822307ee0b5cadc9196569e379b4c4026f8205276d'),
      file('tokens.txt', 315_894, 'f449eb28dc567533d7fa59be34e2abca8784f771850c78a47fb731a31429a1dc'),
    ],
    source: from(
      hugging('sherpa-onnx-sense-voice-zh-en-ja-ko-yue-int8-2025-09-09'),
      release(
        'asr-models',
        'sherpa-onnx-sense-voice-zh-en-ja-ko-yue-int8-2025-09-09',
        '7305f7905bfcf77fa0b39388a313f3da35c68d971661a65475b56fb2162c8e63',
      ),
    ),
    rank: 29,
    spec: { family: 'sense-voice', model: 'model.int8.onnx', tokens: 'tokens.txt' },
  }),
  asr({
    id: 'paraformer-zh-int8',
    languages: ['zh'],
    licence: 'MIT (as its page says)',
    about: { en: 'Mandarin (Paraformer); no punctuation', zh: '普通话（Paraformer），无标点' },
    files: [
      file('model.int8.onnx', 223_385_835, '9ada9127ca5b82320385ac12340eb8b05dee64fd45cf8cf593ec693826ec2fd7'),
      file('tokens.txt', 75_756, '59aba8873a2ed1e122c25fee421e25f283b63290efbde85c1f01a853d83cb6e6'),
    ],
    source: from(
      hugging('sherpa-onnx-paraformer-zh-2023-03-28', 'fe3e2bbfa0a0d3789b653c4b6cf3f87a5dbf2b94'),
      release('asr-models', 'sherpa-onnx-paraformer-zh-2023-03-28'),
    ),
    rank: 40,
    spec: { family: 'paraformer', model: 'model.int8.onnx', tokens: 'tokens.txt' },
  }),
  asr({
    id: 'paraformer-zh-2023-09-int8',
    languages: ['zh'],
    licence: 'Apache-2.0 (as its page says)',
    about: {
      en: 'Mandarin (Paraformer, half a year newer); no punctuation',
      zh: '普通话（Paraformer，新半年），无标点',
    },
    files: [
      file('model.int8.onnx', 243_371_218, 'f36a0433bcf096bd6d6f11b80a3ac8bed110bdca632fe0d731df8d1a84475945'),
      file('tokens.txt', 75_756, '59aba8873a2ed1e122c25fee421e25f283b63290efbde85c1f01a853d83cb6e6'),
    ],
    source: from(
      hugging('sherpa-onnx-paraformer-zh-2023-09-14', 'def027084691107096b5ebba69785756d63de6c5'),
      release(
        'asr-models',
        'sherpa-onnx-paraformer-zh-2023-09-14',
        '9c49fd9c6fb63de8e18c1054cf3d100f804741b7e608e187923cd8ff09fa9f03',
      ),
    ),
    rank: 41,
    spec: { family: 'paraformer', model: 'model.int8.onnx', tokens: 'tokens.txt' },
  }),
  asr({
    id: 'paraformer-zh-2024-03-int8',
    languages: ['zh'],
    licence: 'Apache-2.0 (as its page says)',
    about: {
      en: 'Mandarin (Paraformer, export of March 2024); no punctuation',
      zh: '普通话（Paraformer，2024 年春导出），无标点',
    },
    files: [
      file('model.int8.onnx', 227_330_205, '90bc03034ae1bef9575f8cc798cd1519c8be8aa9e8b458a033e32017ff4d584c'),
      file('tokens.txt', 75_354, '6c0e3b35cece259829e6cb5b8d90d13db88f61ea3a2953d11898e4b2bfd7a2e2'),
    ],
    source: from(
      modelScope('pengzhendong/sherpa-onnx-paraformer-zh'),
      hugging('sherpa-onnx-paraformer-zh-2024-03-09'),
      release(
        'asr-models',
        'sherpa-onnx-paraformer-zh-2024-03-09',
        '8c6724d0a86bd867217d353db1eaa11f2f143bca446a1f2752e8c551a6f2bde0',
      ),
    ),
    rank: 39,
    spec: { family: 'paraformer', model: 'model.int8.onnx', tokens: 'tokens.txt' },
  }),
  asr({
    id: 'paraformer-zh-small-int8',
    languages: ['zh'],
    licence: 'Apache-2.0 (as its page says)',
    about: { en: 'Mandarin, small and quick (Paraformer); no punctuation', zh: '普通话，小而快（Paraformer），无标点' },
    files: [
      file('model.int8.onnx', 81_828_675, '3ef6c19369b912f7caf3cef8e545c5ccd1a33d9d7ec792a46668dc41c4b229ec'),
      file('tokens.txt', 75_352, '4b2d964e18b9cf139b473003b6698fb2ed9a2a5ec55b93daa677b28f578897aa'),
    ],
    source: from(
      modelScope('liaowenbin/sherpa-onnx-paraformer-zh-small'),
      hugging('sherpa-onnx-paraformer-zh-small-2024-03-09', '63ddc3cd0f2810b68289a7b3876e62ef5d53d6df'),
      release(
        'asr-models',
        'sherpa-onnx-paraformer-zh-small-2024-03-09',
        'da92b3db5218c5be53aad53e57d1b6e63e7fc98a0e054fbdd6dbe18e9c6b1450',
      ),
    ),
    rank: 35,
    spec: { family: 'paraformer', model: 'model.int8.onnx', tokens: 'tokens.txt' },
  }),
  asr({
    id: 'paraformer-trilingual-int8',
    languages: ['zh', 'yue', 'en'],
    licence: 'Apache-2.0 (as its page says)',
    about: {
      en: 'Mandarin, Cantonese, English (Paraformer); no punctuation',
      zh: '普通话、粤语、英语（Paraformer），无标点',
    },
    files: [
      file('model.int8.onnx', 244_684_152, 'eb3cdd288f535cf73258f491cdd7d68ad5a00aee135c0bba4c0884ea8d926144'),
      file('tokens.txt', 118_931, '8e4593d7a2eb2404ff82976b5494265e9a06283ca4d5e8605bf7b4fed557a492'),
    ],
    source: from(
      modelScope(
        'pengzhendong/sherpa-onnx-paraformer-trilingual-zh-cantonese-en',
        '7cd698783acc17a4d0a7d3390e1588b534d949c7',
      ),
      hugging('sherpa-onnx-paraformer-trilingual-zh-cantonese-en', '8d90151338178bb433354c9fb677bd3acb8023cd'),
      release('asr-models', 'sherpa-onnx-paraformer-trilingual-zh-cantonese-en'),
    ),
    rank: 38,
    spec: { family: 'paraformer', model: 'model.int8.onnx', tokens: 'tokens.txt' },
  }),
  asr({
    id: 'paraformer-sichuan-int8',
    languages: ['zh'],
    licence: 'FunASR Model Licence 1.1',
    about: { en: 'Sichuan Mandarin (Paraformer); no punctuation', zh: '四川话（Paraformer），无标点' },
    files: [
      file('model.int8.onnx', 238_429_929, '53813ee1d41722cc6370a571c887e6d0b391d25b8312cf714a31af85ea603812'),
      file('tokens.txt'),
    ],
    source: from(
      release(
        'asr-models',
        'sherpa-onnx-paraformer-zh-int8-2025-10-07',
        'a071ee5419e14adb34d7f970ab98105a45e6608018b168f023ca2e4810744abe',
      ),
    ),
    rank: 28,
    spec: { family: 'paraformer', model: 'model.int8.onnx', tokens: 'tokens.txt' },
    unverified: NO_HASH,
  }),
  asr({
    id: 'zipformer-zh-small-int8',
    languages: ['zh'],
    licence: 'Apache-2.0',
    about: { en: 'Mandarin, very small (Zipformer CTC)', zh: '普通话，很小（Zipformer CTC）' },
    files: [
      file('model.int8.onnx', 62_666_860, '32e5f17cc9a77d480f8d94bda97b7cc7a40965b6651b35385813f561a74129c8'),
      file('tokens.txt', 13_366, '6fed8c6c248516f38e7faa19404b57413e8ce259f1cbc1fa4aebc86eac32fdfd'),
    ],
    source: from(
      release(
        'asr-models',
        'sherpa-onnx-zipformer-ctc-small-zh-int8-2025-07-16',
        '6a71c0cc442ba85ac1455ca23e4561e2a1ef18e55269a184a649d54e9cd0524c',
      ),
    ),
    rank: 34,
    spec: { family: 'zipformer-ctc', model: 'model.int8.onnx', tokens: 'tokens.txt' },
  }),
];
