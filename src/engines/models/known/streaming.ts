import { asr } from './asr-model.js';
import type { AsrModel } from './entry.js';
import { file, from, hugging, NO_HASH, release } from './sources.js';

/** Models that decode speech while it is spoken. */
export const STREAMING: readonly AsrModel[] = [
  asr({
    id: 'zipformer-live-zh-en',
    languages: ['zh', 'en'],
    licence: 'Apache-2.0',
    about: {
      en: 'Mandarin and English, while somebody speaks (streaming Zipformer); no punctuation',
      zh: '普通话和英语，边说边出（流式 Zipformer），无标点',
    },
    files: [
      file(
        'encoder-epoch-99-avg-1.int8.onnx',
        181_895_032,
        '8fa764187a261844f859d7143ebaa563af5d10adfece4c18a8f414c88cba2a9b',
      ),
      file(
        'decoder-epoch-99-avg-1.onnx',
        13_876_452,
        '2e3b5ec371f8899ee6acd829fd753ba45772df57a91bdf37cde3136354e7db7d',
      ),
      file(
        'joiner-epoch-99-avg-1.int8.onnx',
        3_228_404,
        '1ed689c5ed19dbaa725d9d191bb4822b5f4855a39e1ffd28cbc1f340d25b2ee0',
      ),
      file('tokens.txt', 56_317, 'a8e0e4ec53810e433789b54a5c0134a7eaa2ffca595a6334d54c00da858841d3'),
    ],
    source: from(
      hugging('sherpa-onnx-streaming-zipformer-bilingual-zh-en-2023-02-20', '98590b7ed6443e77b714204da2757d75e1a642f4'),
      release(
        'asr-models',
        'sherpa-onnx-streaming-zipformer-bilingual-zh-en-2023-02-20',
        '27ffbd9ee24ad186d99acc2f6354d7992b27bcab490812510665fa8f9389c5f8',
      ),
    ),
    rank: 24,
    spec: {
      family: 'online-transducer',
      encoder: 'encoder-epoch-99-avg-1.int8.onnx',
      decoder: 'decoder-epoch-99-avg-1.onnx',
      joiner: 'joiner-epoch-99-avg-1.int8.onnx',
      tokens: 'tokens.txt',
    },
  }),
  asr({
    id: 'zipformer-live-zh-int8',
    languages: ['zh'],
    licence: 'not stated',
    about: {
      en: 'Mandarin, while somebody speaks (streaming Zipformer); no punctuation',
      zh: '普通话，边说边出（流式 Zipformer），无标点',
    },
    files: [
      file('encoder.int8.onnx', 161_141_793, '5ac51e27981bb4dab01bb9be4958453ba50c3b61c063ddda0eab23fd3671aa4f'),
      file('decoder.onnx', 5_165_083, '06522ad63cec0fdf6809f4e1db9bb4f7d710c34582e3b35db62ac60eccafac7e'),
      file('joiner.int8.onnx', 1_033_416, 'b34584dc6f561089e1d747fedebb3765f2caa72c927ef54d7ca55e5ae40a814b'),
      file('tokens.txt', 20_628, '6193c7ea1c96d0d9a1e9652789b40d13a8a913b434a5451e93158f5a09fd6652'),
    ],
    source: from(
      hugging('sherpa-onnx-streaming-zipformer-zh-int8-2025-06-30', 'ad658fa0201659a09ea3c176129a191c77ecae8f'),
      release(
        'asr-models',
        'sherpa-onnx-streaming-zipformer-zh-int8-2025-06-30',
        '5a2832047ea1f97dd0dc595b816c230c4bafad65cfc0341fa57517cadc50afd0',
      ),
    ),
    rank: 23,
    spec: {
      family: 'online-transducer',
      encoder: 'encoder.int8.onnx',
      decoder: 'decoder.onnx',
      joiner: 'joiner.int8.onnx',
      tokens: 'tokens.txt',
    },
  }),
  asr({
    id: 'zipformer-live-zh-14m-int8',
    languages: ['zh'],
    licence: 'Apache-2.0',
    about: {
      en: 'Mandarin, while somebody speaks, 25 MB (streaming Zipformer); no punctuation',
      zh: '普通话，边说边出，25 MB（流式 Zipformer），无标点',
    },
    files: [
      file(
        'encoder-epoch-99-avg-1.int8.onnx',
        undefined,
        '1c556ea57cec304e55ec4b72e52c1cc098bb01476ed7d90f3de939fe126487b1',
      ),
      file(
        'decoder-epoch-99-avg-1.int8.onnx',
        undefined,
        '22f123bb8cba9b38974b3df18a3f45e7081f4985ebb2e075d9f21f618c468bbf',
      ),
      file(
        'joiner-epoch-99-avg-1.int8.onnx',
        undefined,
        'a7cf9d82757bdcf786059454495a9ca95e4bd7347f72473fc08d794475c36169',
      ),
      file('tokens.txt', undefined, '8b294db9045d6e5f94647f4c1eec1af4da143a75053c399611444b378ff966ac'),
    ],
    source: from(
      hugging('sherpa-onnx-streaming-zipformer-zh-14M-2023-02-23'),
      release(
        'asr-models',
        'sherpa-onnx-streaming-zipformer-zh-14M-2023-02-23',
        '2cbd71b640d9c37d3784f29367333a4577b0398b62e9deeed418170b081cba8b',
      ),
    ),
    rank: 21,
    spec: {
      family: 'online-transducer',
      encoder: 'encoder-epoch-99-avg-1.int8.onnx',
      decoder: 'decoder-epoch-99-avg-1.int8.onnx',
      joiner: 'joiner-epoch-99-avg-1.int8.onnx',
      tokens: 'tokens.txt',
    },
    downloadBytes: 25_000_000,
    unverified: 'no exact size',
  }),
  asr({
    id: 'x-asr-live-zh-en-int8',
    languages: ['zh', 'en'],
    licence: 'Apache-2.0',
    about: {
      en: 'Mandarin and English with punctuation, while somebody speaks (X-ASR)',
      zh: '普通话和英语，带标点，边说边出（X-ASR）',
    },
    files: [file('encoder.int8.onnx'), file('decoder.onnx'), file('joiner.int8.onnx'), file('tokens.txt')],
    source: from(
      release(
        'asr-models',
        'sherpa-onnx-x-asr-480ms-streaming-zipformer-transducer-zh-en-punct-int8-2026-06-05',
        'fa5f63d618e5a01526e275a358bb7772e403f84808a4769fba52cffd8160bf74',
      ),
    ),
    rank: 22,
    spec: {
      family: 'online-transducer',
      encoder: 'encoder.int8.onnx',
      decoder: 'decoder.onnx',
      joiner: 'joiner.int8.onnx',
      tokens: 'tokens.txt',
    },
    downloadBytes: 169_347_218,
    unverified: 'the names of its files are a guess; ' + NO_HASH,
  }),
  asr({
    id: 'paraformer-live-zh-en-int8',
    languages: ['zh', 'en'],
    licence: 'FunASR Model Licence 1.1',
    about: {
      en: 'Mandarin and English, while somebody speaks (streaming Paraformer); no punctuation',
      zh: '普通话和英语，边说边出（流式 Paraformer），无标点',
    },
    files: [
      file('encoder.int8.onnx', 165_462_184, '81a70226a8934e6ed92aa1d4fc486b428b5398e2f2619ed4897b7294cab90e9a'),
      file('decoder.int8.onnx', 71_664_561, 'f3cca9f77bb9d93c8fcbfb63ae617b6b1ee96818df3aa3b151c40658fe38594f'),
      file('tokens.txt', 75_756, '59aba8873a2ed1e122c25fee421e25f283b63290efbde85c1f01a853d83cb6e6'),
    ],
    source: from(
      hugging('sherpa-onnx-streaming-paraformer-bilingual-zh-en', '8e40c43232a1c5c66c82111efc5820d3accca11b'),
      release(
        'asr-models',
        'sherpa-onnx-streaming-paraformer-bilingual-zh-en',
        '5462a1fce42693deae572af1e8c4687124b12aa85fe61ff4d3168bb5280e205f',
      ),
    ),
    rank: 19,
    spec: {
      family: 'online-paraformer',
      encoder: 'encoder.int8.onnx',
      decoder: 'decoder.int8.onnx',
      tokens: 'tokens.txt',
    },
  }),
  asr({
    id: 'paraformer-live-trilingual-int8',
    languages: ['zh', 'yue', 'en'],
    licence: 'FunASR Model Licence 1.1',
    about: {
      en: 'Mandarin, Cantonese, English, while somebody speaks (streaming Paraformer); no punctuation',
      zh: '普通话、粤语、英语，边说边出（流式 Paraformer），无标点',
    },
    files: [file('encoder.int8.onnx'), file('decoder.int8.onnx'), file('tokens.txt')],
    source: from(
      hugging('sherpa-onnx-streaming-paraformer-trilingual-zh-cantonese-en'),
      release(
        'asr-models',
        'sherpa-onnx-streaming-paraformer-trilingual-zh-cantonese-en',
        'd479167d8752628d9032d29de1060493865389d1e295a1c2e8e011e7062f1932',
      ),
    ),
    rank: 18,
    spec: {
      family: 'online-paraformer',
      encoder: 'encoder.int8.onnx',
      decoder: 'decoder.int8.onnx',
      tokens: 'tokens.txt',
    },
    downloadBytes: 240_000_000,
    unverified: NO_HASH,
  }),
];
