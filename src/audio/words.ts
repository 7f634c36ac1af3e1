import { bilingualWords } from '../core/index.js';

const en = {
  flac: {
    unsupported: 'FLAC cannot be decoded',
    damaged: 'the FLAC stream is damaged',
    other: 'the audio is not FLAC',
  },
  mp3: {
    damaged: 'the MP3 stream is damaged',
    rateChanges: 'the MP3 stream changes its sample rate',
    other: 'the audio is not MP3',
  },
  ogg: {
    other: 'the audio is not Ogg',
    damaged: 'the Ogg stream is damaged',
    rateChanges: 'the Ogg stream changes its sample rate',
    otherCodec: 'the Ogg holds neither Vorbis nor Opus',
  },
  rate: (rateHz: number) => `a sample rate of ${rateHz} Hz is not supported`,
  wav: {
    other: 'the audio is not a WAV file',
    noAudio: 'the RIFF file does not hold audio',
    noFormat: 'the WAV file has no format chunk',
    lateAudio: 'the WAV file has no audio at its beginning',
    shortFormat: 'the WAV format chunk is too short',
    format: (kind: number, bits: number) => `WAV format ${kind} with ${bits} bits is not supported`,
    channels: (channels: number, rateHz: number) =>
      `a WAV file with ${channels} channels at ${rateHz} Hz is not supported`,
  },
};

const zh: typeof en = {
  flac: { unsupported: '无法解码 FLAC', damaged: 'FLAC 已损坏', other: '这段声音不是 FLAC' },
  mp3: { damaged: 'MP3 已损坏', rateChanges: 'MP3 中途改变了采样率', other: '这段声音不是 MP3' },
  ogg: {
    other: '这段声音不是 Ogg',
    damaged: 'Ogg 已损坏',
    rateChanges: 'Ogg 中途改变了采样率',
    otherCodec: 'Ogg 里既不是 Vorbis 也不是 Opus',
  },
  rate: (rateHz) => `不支持 ${rateHz} Hz 的采样率`,
  wav: {
    other: '这不是 WAV 文件',
    noAudio: '这个 RIFF 文件里没有声音',
    noFormat: 'WAV 文件缺少格式说明',
    lateAudio: 'WAV 文件开头没有声音',
    shortFormat: 'WAV 文件的格式说明不完整',
    format: (kind, bits) => `不支持这种 WAV 格式（编码 ${kind}，${bits} 位）`,
    channels: (channels, rateHz) => `不支持 ${channels} 声道、${rateHz} Hz 的 WAV 文件`,
  },
};

export const audioWords = bilingualWords({ en, zh });
