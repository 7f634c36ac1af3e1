import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { concatFloat, floatToInt16, OggDecoder, resampleInt16, speechOfWav } from '../../../src/audio/index.js';

const SPEECH = fileURLToPath(new URL('./speech', import.meta.url));

export interface Utterance {
  readonly name: string;
  /**
   * `human`: read by a person. `published`: a recording from a package for these devices, whose speaker is not
   * documented. `synthesised`: made with Kokoro (synthesise.py).
   */
  readonly kind: 'human' | 'published' | 'synthesised';
  readonly said: string;
  /** How the offline assistant answers this utterance. If it is missing, the model answers. */
  readonly answer?: RegExp;
  /** 16 kHz mono. */
  readonly pcm: () => Promise<Int16Array>;
}

const SYNTHESISED: readonly (readonly [name: string, said: string, answer?: RegExp])[] = [
  ['what-time', '现在几点了', /现在是|点/],
  ['which-day', '今天星期几', /星期/],
  ['which-date', '今天几月几号', /月/],
  ['louder', '声音大一点', /音量/],
  ['volume-fifty', '把音量调到五十', /音量/],
  ['stove-timer', '十分钟后提醒我关火'],
  ['wake-me', '明天早上七点叫我起床'],
  ['three-plus-five', '三加五等于多少', /八/],
  ['living-room-light', '打开客厅的灯'],
  ['weather', '明天天气怎么样'],
  ['bedtime-story', '给我讲一个睡前故事'],
  ['nursery-rhyme', '播放一首儿歌'],
  ['opening-hours', '开放时间早上九点至下午五点'],
  ['cat', '小猫为什么喜欢睡觉'],
];

/** Recordings in the Python packages of requirements.txt. People transcribed their words. */
const PACKAGED: readonly (readonly [path: string, kind: Utterance['kind'], said: string])[] = [
  ['s3tokenizer/assets/BAC009S0764W0121.wav', 'human', '甚至出现交易几乎停滞的情况'],
  ['s3tokenizer/assets/BAC009S0764W0122.wav', 'human', '一二线城市虽然也处于调整中'],
  ['xiaozhi_sdk/file/audio/16k_greet.wav', 'published', '你好啊'],
  ['xiaozhi_sdk/file/audio/16k_play_music.wav', 'published', '播放周杰伦的晴天'],
  ['xiaozhi_sdk/file/audio/16k_take_photo.wav', 'published', '看看这个是什么'],
  ['xiaozhi_sdk/file/audio/test_16k.wav', 'published', '你是什么模型'],
];

/** All utterances. `packages` is the folder of the installed Python packages. */
export function utterances(packages: string): readonly Utterance[] {
  return [
    ...PACKAGED.map(([path, kind, said]): Utterance => {
      const name = path.slice(path.lastIndexOf('/') + 1);
      return { name, kind, said, pcm: () => speechOfWav(readFileSync(join(packages, path))) };
    }),
    ...SYNTHESISED.map(([name, said, answer]): Utterance => ({
      name,
      kind: 'synthesised',
      said,
      ...(answer && { answer }),
      pcm: () => speechOfOgg(readFileSync(join(SPEECH, `${name}.opus`))),
    })),
  ];
}

/** Folder of the packages in a virtual environment, if it exists. */
export function packagesOf(environment: string): string | undefined {
  const versions = join(environment, 'lib');
  try {
    const [python] = readdirSync(versions).filter((name) => name.startsWith('python'));
    return python === undefined ? undefined : join(versions, python, 'site-packages');
  } catch {
    return undefined;
  }
}

async function speechOfOgg(bytes: Uint8Array): Promise<Int16Array> {
  const decoder = await OggDecoder.create();
  try {
    const pcm = concatFloat([decoder.push(bytes)]);
    decoder.end();
    return await resampleInt16(floatToInt16(pcm), decoder.rateHz ?? 0, 16_000);
  } finally {
    decoder.close();
  }
}
