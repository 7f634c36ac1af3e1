import type { CatalogueFile, TtsModel } from './entry.js';
import { bytesOf, file, from, hugging, modelScope, NO_HASH, release, releasedFile } from './sources.js';

type Given = Omit<TtsModel, 'kind' | 'downloadBytes' | 'auto' | 'cost'> &
  Partial<Pick<TtsModel, 'downloadBytes' | 'auto' | 'cost'>>;

const tts = (given: Given): TtsModel => ({
  kind: 'tts',
  downloadBytes: bytesOf(given.files),
  auto: false,
  cost: { overheadMs: 100, msPerUnit: 25 },
  ...given,
});

/** Melo's rules for reading telephone numbers, dates and other numbers aloud. Other Mandarin voices use them too. */
const PHONE = file('phone.fst', 88_630, '1ac2b6fa56b1442320c4de7db08353bab8963a2b57f365eebcdd3a2d3562f8d7');
const DATE = file('date.fst', 59_154, 'eb8aa079ae3cb81d8f4404992f39d61a0cb990947512b5b8d1e54d1f6980e718');
const NUMBER = file('number.fst', 64_482, '743f402181fcfebf76cc2f0546b71fa26476e626fbe4e460fb7b4c3a7a8bd5bd');
const RULES = ['phone.fst', 'date.fst', 'number.fst'];
const ESPEAK = 'espeak-ng-data';

const MELO_REST: readonly CatalogueFile[] = [
  file('lexicon.txt', 6_837_671, '7236884b02435ac5d10cf69b4be40a61b45aa676b5300f0e412f185748fee528'),
  file('tokens.txt', 655, 'd18664a7e12bd7ea1022ddaf951e534e136815016c5a809d6b64156bffb4369d'),
  PHONE,
  DATE,
  NUMBER,
  file('new_heteronym.fst', 21_974, 'ca14b2127e27baa571664e4bb791e143e7425f56a6bc29db08d74f97e6aa4e29'),
];
const meloSpec = (model: string): TtsModel['spec'] => ({
  family: 'vits',
  model,
  lexicon: ['lexicon.txt'],
  tokens: 'tokens.txt',
  ruleFsts: [...RULES, 'new_heteronym.fst'],
});
const MELO = hugging('vits-melo-tts-zh_en', 'a0d5c6a264c0ef92d70d8661d8cc502d79627cd6');

const KOKORO_REST: readonly CatalogueFile[] = [
  'voices.bin',
  'tokens.txt',
  'lexicon-us-en.txt',
  'lexicon-zh.txt',
  'phone-zh.fst',
  'date-zh.fst',
  'number-zh.fst',
].map((name) => file(name));
const KOKORO_11: readonly CatalogueFile[] = [
  file('voices.bin', 53_790_720, 'e64a5a581d8c2a350d848f51c3121657cd83aa07ed6109172177345874a7244c'),
  ...KOKORO_REST.slice(1),
];

/** The cost is guessed as about five times Melo's. The first runs replace this guess. */
function kokoro(given: Pick<Given, 'id' | 'about' | 'files' | 'rank' | 'source' | 'downloadBytes'>): TtsModel {
  const model = given.files[0]?.name ?? '';
  return tts({
    languages: ['zh', 'en'],
    licence: 'Apache-2.0',
    folders: [ESPEAK],
    unverified: NO_HASH,
    cost: { overheadMs: 300, msPerUnit: 120 },
    spec: {
      family: 'kokoro',
      model,
      voices: 'voices.bin',
      tokens: 'tokens.txt',
      dataDir: ESPEAK,
      lexicon: ['lexicon-us-en.txt', 'lexicon-zh.txt'],
      ruleFsts: ['phone-zh.fst', 'date-zh.fst', 'number-zh.fst'],
      speaker: 45,
    },
    ...given,
  });
}

/** The files of a Piper voice exist only in the archive. */
function piper(
  given: Pick<Given, 'id' | 'about' | 'licence' | 'downloadBytes'>,
  { archive, model, sha256 }: { readonly archive: string; readonly model: string; readonly sha256: string },
): TtsModel {
  return tts({
    languages: ['zh'],
    files: [file(model), file('tokens.txt')],
    folders: [ESPEAK],
    source: from(release('tts-models', archive, sha256)),
    rank: 30,
    unverified: NO_HASH,
    spec: { family: 'vits', model, tokens: 'tokens.txt', dataDir: ESPEAK },
    ...given,
  });
}

export const VOICES: readonly TtsModel[] = [
  tts({
    id: 'melo-zh-en',
    languages: ['zh', 'en'],
    licence: 'MIT',
    about: { en: 'A Mandarin voice that also reads English (MeloTTS)', zh: '普通话女声，也能读英文（MeloTTS）' },
    files: [
      file('model.onnx', 170_429_550, 'bf30582eb1b012250a35b1a4a80e7dfbcf8485e7bb9de0d95efbbeef0e4ad86d'),
      ...MELO_REST,
    ],
    source: from(
      MELO,
      release('tts-models', 'vits-melo-tts-zh_en', 'e58351ed7149f290a54534538badd4077cdbe6fddc964b24d0bee870415d1514'),
    ),
    rank: 50,
    auto: true,
    spec: meloSpec('model.onnx'),
  }),
  tts({
    id: 'melo-zh-en-int8',
    languages: ['zh', 'en'],
    licence: 'MIT',
    about: { en: 'The same voice in a third of the memory (MeloTTS)', zh: '同一声音，内存约三分之一（MeloTTS）' },
    files: [
      file('model.int8.onnx', 53_517_430, 'f085f5079e05f039b800aeb542f5253c26a303211b0c6465d0d9387977855a63'),
      ...MELO_REST,
    ],
    // The archive is not used, because its model.int8.onnx contains only a pointer.
    source: from(MELO),
    rank: 45,
    spec: meloSpec('model.int8.onnx'),
  }),
  tts({
    id: 'matcha-zh',
    languages: ['zh'],
    licence: 'not for commercial use (its recordings)',
    about: { en: 'A Mandarin voice (Matcha, Baker)', zh: '普通话女声（Matcha，标贝数据）' },
    files: [
      file('model-steps-3.onnx', 75_624_611, 'ef7ebdf5987e16a5836136a51d6f3560ca997ffd33d06a40daab5af92b4b86e5'),
      file('lexicon.txt', 1_363_705, '38b886d46aefa50da6322a64d72fd595d5f4fae1051adb160d647541b1e0a4a2'),
      file('tokens.txt', 19_591, '56209b2bf609d5ac1d66ede6dae7bf5254bd3f8aa24c4a6823713d5b884d87ba'),
      PHONE,
      DATE,
      NUMBER,
      releasedFile(
        'vocoder-models',
        'vocos-22khz-univ.onnx',
        53_884_024,
        '0574a135aa1db2de6e181050db2ec528496cacd4a4701fc5d7faf9f9804c0081',
      ),
    ],
    source: from(
      modelScope('liaowenbin/matcha-icefall-zh-baker'),
      hugging('matcha-icefall-zh-baker', '75e64a57a80fb370abb18a4e4d86bb090ed46e93'),
      release(
        'tts-models',
        'matcha-icefall-zh-baker',
        '20de2ec034b55562609d6362771c934905dfe11d0f41ec103d593427ad9a7efb',
      ),
    ),
    rank: 40,
    spec: {
      family: 'matcha',
      acousticModel: 'model-steps-3.onnx',
      vocoder: 'vocos-22khz-univ.onnx',
      lexicon: ['lexicon.txt'],
      tokens: 'tokens.txt',
      ruleFsts: RULES,
    },
  }),
  tts({
    id: 'matcha-zh-en',
    languages: ['zh', 'en'],
    licence: 'not stated',
    about: { en: 'A Mandarin voice that also reads English (Matcha)', zh: '普通话声音，也能读英文（Matcha）' },
    files: [
      ...['model-steps-3.onnx', 'lexicon.txt', 'tokens.txt', 'phone-zh.fst', 'date-zh.fst', 'number-zh.fst'].map(
        (name) => file(name),
      ),
      releasedFile('vocoder-models', 'vocos-16khz-univ.onnx'),
    ],
    folders: [ESPEAK],
    downloadBytes: 140_000_000,
    source: from(
      release('tts-models', 'matcha-icefall-zh-en', '271b804af570400d3bcdcb53bf6e53cc9f75180ee763b9f13eb5eaf2b0d086ef'),
    ),
    rank: 41,
    unverified: NO_HASH,
    spec: {
      family: 'matcha',
      acousticModel: 'model-steps-3.onnx',
      vocoder: 'vocos-16khz-univ.onnx',
      lexicon: ['lexicon.txt'],
      tokens: 'tokens.txt',
      dataDir: ESPEAK,
      ruleFsts: ['phone-zh.fst', 'date-zh.fst', 'number-zh.fst'],
    },
  }),
  kokoro({
    id: 'kokoro-zh-en',
    about: { en: 'A hundred voices, Mandarin and English (Kokoro 1.1)', zh: '一百个声音，普通话和英语（Kokoro 1.1）' },
    files: [
      file('model.onnx', 325_631_784, 'acc4adc175b9d9986106cd20060329673ad5a2e12ef3c557d2d3745b694f8b38'),
      ...KOKORO_11,
    ],
    downloadBytes: 390_000_000,
    source: from(
      release(
        'tts-models',
        'kokoro-multi-lang-v1_1',
        'a3f4c73d043860e3fd2e5b06f36795eb81de0fc8e8de6df703245edddd87dbad',
      ),
    ),
    rank: 36,
  }),
  kokoro({
    id: 'kokoro-zh-en-int8',
    about: {
      en: 'The same voices in a third of the memory (Kokoro 1.1)',
      zh: '同样的声音，内存约三分之一（Kokoro 1.1）',
    },
    files: [
      file('model.int8.onnx', 114_299_010, 'bda15858163726a492d02a9a727bc263551b86ac77f90812c4b30ff41d380e26'),
      ...KOKORO_11,
    ],
    downloadBytes: 178_000_000,
    source: from(
      release(
        'tts-models',
        'kokoro-int8-multi-lang-v1_1',
        'a1e94694776049035c4f2c6529f003aaece993c76aae9a78995831c3c4dcafc6',
      ),
    ),
    rank: 35,
  }),
  kokoro({
    id: 'kokoro-v1-zh-en',
    about: { en: 'Fifty voices, English above all (Kokoro 1.0)', zh: '五十个声音，以英语为主（Kokoro 1.0）' },
    files: [file('model.onnx'), ...KOKORO_REST],
    downloadBytes: 380_000_000,
    source: from(
      release(
        'tts-models',
        'kokoro-multi-lang-v1_0',
        'c5f7e2d2caf082bc1d20fb70334a61d99d20b484500aad32e7cf84c128ea3298',
      ),
    ),
    rank: 34,
  }),
  kokoro({
    id: 'kokoro-v1-zh-en-int8',
    about: {
      en: 'The same fifty in a third of the memory (Kokoro 1.0)',
      zh: '同样五十个，内存约三分之一（Kokoro 1.0）',
    },
    files: [file('model.int8.onnx'), ...KOKORO_REST],
    downloadBytes: 165_000_000,
    source: from(
      release(
        'tts-models',
        'kokoro-int8-multi-lang-v1_0',
        '4c3052abaa60943a341f193888cf6abd68787dae6ab8ae5c925a706caa247e4e',
      ),
    ),
    rank: 33,
  }),
  piper(
    {
      id: 'piper-huayan-zh',
      licence: 'not stated for its recordings',
      about: { en: 'A small, quick Mandarin voice (Piper)', zh: '小而快的普通话女声（Piper）' },
      downloadBytes: 82_000_000,
    },
    {
      archive: 'vits-piper-zh_CN-huayan-medium',
      model: 'zh_CN-huayan-medium.onnx',
      sha256: 'dbdfec42b91d9cee31cce9ff4b3e9c305eb6fbf60546d071f7e46273554cce6b',
    },
  ),
  piper(
    {
      id: 'piper-chaowen-zh-int8',
      licence: 'not for commercial use (its recordings)',
      about: { en: 'The smallest Mandarin voice (Piper)', zh: '最小的普通话声音（Piper）' },
      downloadBytes: 35_000_000,
    },
    {
      archive: 'vits-piper-zh_CN-chaowen-medium-int8',
      model: 'zh_CN-chaowen-medium.onnx',
      sha256: 'f5f7c8628427fbb259ea4b7ec1a9a822a0c04e3f267071f0abfa0610371d9e0c',
    },
  ),
  tts({
    id: 'vits-aishell3-zh-int8',
    languages: ['zh'],
    licence: 'Apache-2.0',
    about: { en: '174 Mandarin voices, like a telephone (VITS)', zh: '174 个普通话声音，电话音质（VITS）' },
    files: [
      file('vits-aishell3.int8.onnx', 39_870_124, '5ef667dbbe0795688da93d779828cf38e6ad8ef8e82aa7dc5804873a50556057'),
      file('lexicon.txt', 2_042_943, 'ab2e61d357551e7b24ddd965d924aca784c20165ff58c150794e539c6b5e9e35'),
      file('tokens.txt', 1_671, '50b45a7b7de1752fd3c7b4755661c285f1547f59186eca2281089a81307ad953'),
    ],
    source: from(
      modelScope('KuaiTec-Labs/kuaitec-model-suite', 'master/vits-aishell3'),
      hugging('vits-zh-aishell3', 'e3e808eaab2385b812286c6707323362251bba65'),
    ),
    rank: 20,
    spec: { family: 'vits', model: 'vits-aishell3.int8.onnx', lexicon: ['lexicon.txt'], tokens: 'tokens.txt' },
  }),
  tts({
    id: 'vits-ll-zh',
    languages: ['zh'],
    licence: 'not stated',
    about: { en: 'Five Mandarin voices (VITS)', zh: '五个普通话声音（VITS）' },
    files: [
      file('model.onnx', 121_100_803, '6c349bdd73dc928234dd7bc86929748bba32cd5264d32d915bf7b7aa0595965b'),
      ...['lexicon.txt', 'tokens.txt', ...RULES].map((name) => file(name)),
    ],
    source: from(
      modelScope('liaowenbin/sherpa-onnx-vits-zh-ll'),
      release(
        'tts-models',
        'sherpa-onnx-vits-zh-ll',
        'f7393d1bbc59709d5f52ea76cd5bceeec62f6a29f9c1f79ff64b4c15ec841f3a',
      ),
    ),
    rank: 31,
    unverified: NO_HASH,
    spec: {
      family: 'vits',
      model: 'model.onnx',
      lexicon: ['lexicon.txt'],
      tokens: 'tokens.txt',
      ruleFsts: RULES,
    },
  }),
  tts({
    id: 'kitten-en-int8',
    languages: ['en'],
    licence: 'Apache-2.0',
    about: { en: 'Eight English voices, small (Kitten nano)', zh: '八个英语声音，很小（Kitten nano）' },
    files: [file('model.int8.onnx'), file('voices.bin'), file('tokens.txt')],
    folders: [ESPEAK],
    downloadBytes: 45_000_000,
    source: from(
      release(
        'tts-models',
        'kitten-nano-en-v0_8-int8',
        '6fa5be852612ce761094ba74ee6123b4fc4acfefa79bf64dc63acae4a83af2fd',
      ),
    ),
    rank: 15,
    unverified: `the names of its files are a guess; ${NO_HASH}`,
    spec: { family: 'kitten', model: 'model.int8.onnx', voices: 'voices.bin', tokens: 'tokens.txt', dataDir: ESPEAK },
  }),
];
