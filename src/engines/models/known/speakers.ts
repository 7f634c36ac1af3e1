import type { CatalogueFile, Mirror, SpeakerModel } from './entry.js';
import { bytesOf, file, from, hugging } from './sources.js';

/** The publisher misspelt the tag. */
const RELEASE = 'https://github.com/k2-fsa/sherpa-onnx/releases/download/speaker-recongition-models';

const released: readonly Mirror[] = [
  { name: 'gh-proxy', place: 'china', baseUrl: `https://gh-proxy.com/${RELEASE}` },
  { name: 'github', place: 'world', baseUrl: RELEASE },
];

type Given = Pick<SpeakerModel, 'id' | 'languages' | 'licence' | 'about' | 'rank'> &
  Partial<Pick<SpeakerModel, 'unverified'>> & { readonly file: CatalogueFile; readonly mirrors?: readonly Mirror[] };

function speaker({ file: one, mirrors = [], ...given }: Given): SpeakerModel {
  return {
    kind: 'speaker',
    auto: false,
    ...given,
    downloadBytes: bytesOf([one]),
    files: [one],
    source: from(mirrors, released),
    spec: { model: one.name },
    // Not measured. The first runs replace this guess.
    cost: { overheadMs: 20, msPerAudioSecond: 30 },
  };
}

/** Speaker recognition models (`voiceprint.model`). */
export const SPEAKERS: readonly SpeakerModel[] = [
  speaker({
    id: 'campplus-zh',
    languages: ['zh'],
    licence: 'Apache-2.0',
    about: { en: 'Tells voices apart; Mandarin (CAM++)', zh: '区分说话人；普通话（CAM++）' },
    file: file(
      '3dspeaker_speech_campplus_sv_zh-cn_16k-common.onnx',
      28_281_138,
      'f682b514c05d947ee3fa91cd6ec6c5c7543479a128373fa29b1faedccd21fd11',
    ),
    mirrors: hugging('speaker-embedding-models', '0743f301363dec56491a490f6d6cbc9d67f9a3bf'),
    rank: 30,
  }),
  speaker({
    id: 'campplus-zh-en',
    languages: ['zh', 'en'],
    licence: 'Apache-2.0',
    about: { en: 'Tells voices apart; Mandarin and English (CAM++)', zh: '区分说话人；普通话和英语（CAM++）' },
    file: file(
      '3dspeaker_speech_campplus_sv_zh_en_16k-common_advanced.onnx',
      28_281_164,
      'aa3cfc16963a10586a9393f5035d6d6b57e98d358b347f80c2a30bf4f00ceba2',
    ),
    rank: 40,
  }),
  speaker({
    id: 'eres2netv2-zh',
    languages: ['zh'],
    licence: 'Apache-2.0',
    about: { en: 'Tells voices apart; Mandarin, larger (ERes2NetV2)', zh: '区分说话人；普通话，较大（ERes2NetV2）' },
    file: file(
      '3dspeaker_speech_eres2netv2_sv_zh-cn_16k-common.onnx',
      71_441_526,
      'bf1a75b9930474cf3389ef415e6e5d38ca96fea4a3a00f7e301d080a58ee2239',
    ),
    rank: 20,
  }),
  speaker({
    id: 'wespeaker-resnet34-en',
    languages: ['en'],
    licence: 'CC-BY-4.0',
    about: { en: 'Tells voices apart; English (WeSpeaker ResNet34)', zh: '区分说话人；英语（WeSpeaker ResNet34）' },
    file: file(
      'wespeaker_en_voxceleb_resnet34.onnx',
      26_534_365,
      '5ef208a9da1453335308a6b6f4e6dfbd7e183a38b604de0a57664f45d257fe94',
    ),
    rank: 10,
    unverified: 'size and hash were seen in one place that is not the source',
  }),
];
