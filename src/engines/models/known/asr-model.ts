import type { AsrModel } from './entry.js';
import { bytesOf } from './sources.js';

type Given = Omit<AsrModel, 'kind' | 'downloadBytes' | 'auto' | 'punctuationMeansEnd' | 'cost'> &
  Partial<Pick<AsrModel, 'downloadBytes' | 'auto' | 'punctuationMeansEnd' | 'cost'>>;

/** A guess by size, from SenseVoice (239 MB, 62 ms per second of speech). The first runs replace the guess. */
const costOf = (bytes: number): AsrModel['cost'] => ({
  overheadMs: 15,
  msPerAudioSecond: Math.max(10, Math.round((62 * bytes) / 239e6)),
});

export const asr = (given: Given): AsrModel => {
  const downloadBytes = given.downloadBytes ?? bytesOf(given.files);
  return { kind: 'asr', auto: false, punctuationMeansEnd: false, cost: costOf(downloadBytes), ...given, downloadBytes };
};
