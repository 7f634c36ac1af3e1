import { z } from 'zod';
import { both } from '../../core/index.js';
import { described, httpUrl, text, words } from '../settings.js';
import { defineToolSettings } from './tool-settings.js';

export const musicSettings = defineToolSettings({
  id: 'music',
  name: both('Music, stories, radio', '音乐、故事、电台'),
  settings: described(
    z.strictObject({
      folders: described(
        z
          .array(text(1000))
          .max(20)
          .default([])
          .meta({ examples: [['/srv/music']] }),
        'Folders of this machine with MP3, FLAC, Ogg (Vorbis, Opus), WAV and M3U files. ' +
          'Nothing outside of them is read.',
        '本机上存放 MP3、FLAC、Ogg（Vorbis、Opus）、WAV、M3U 文件的文件夹。不会读取它们之外的文件。',
      ),
      stations: described(
        z
          .record(text(60), httpUrl)
          .default({})
          .meta({ examples: [{ 'radio one': 'https://example.org/one.mp3' }] }),
        'Streams (MP3, Ogg, FLAC, WAV) by the name that people say.',
        '网络电台（MP3、Ogg、FLAC、WAV 流），按人们说的名字。',
      ),
      allow_private: z
        .boolean()
        .default(false)
        .meta(words('Stations may be in the local network.', '电台可以在局域网里。')),
    }),
    'Music, stories and radio.',
    '可以播放什么。',
  ),
  missing: ({ folders, stations }) =>
    folders.length > 0 || Object.keys(stations).length > 0
      ? undefined
      : both('no folder in `tools.music.folders`, no station', '`tools.music.folders` 里没有文件夹，也没有电台'),
});
