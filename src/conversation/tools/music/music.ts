import { z } from 'zod';
import { uiLanguage, type UiLanguage } from '../../../core/index.js';
import { musicSettings } from '../../../providers/index.js';
import { defineTool, type ToolAnswer } from '../tool.js';
import { defineToolGroup } from '../tool-group.js';
import { Library } from './library.js';
import { Player } from './player.js';
import { musicWords } from './words.js';

export const music = defineToolGroup({
  settings: musicSettings,
  create({ folders, stations, allow_private: allowPrivate }, { clock, log, data }) {
    const library = new Library({ folders, stations, clock, log });
    const player = new Player({ library, data, clock, log, allowPrivate });
    const names = Object.keys(stations).join(', ');
    return [
      defineTool({
        name: 'play_music',
        words: {
          en: `Plays music, a story or a radio station on this device.${names === '' ? '' : ` Stations: ${names}.`}`,
          zh: `在这台设备上播放音乐、故事或电台。${names === '' ? '' : `电台：${names}。`}`,
        },
        input: z.object({
          query: z.string().max(100).optional().meta({
            en: 'Words of the title, folder, list or station; default anything',
            zh: '歌名、文件夹、列表或电台里的字；默认任意',
          }),
          next: z.boolean().optional().meta({
            en: 'true: of these, the one after the last played',
            zh: 'true：其中上次播放的后面那一个',
          }),
        }),
        effects: 'device',
        async run({ query = '', next }, { deviceId, language }): Promise<ToolAnswer> {
          const ui = uiLanguage(language);
          const play = await player.play(deviceId, query.trim(), next);
          if (!play) return say(musicWords.notFound[ui]);
          return { ...say(musicWords.playing(player.title(deviceId) ?? '')[ui]), play };
        },
      }),
      defineTool({
        name: 'music_control',
        words: {
          en: 'Controls what plays: pause and stop it, go on, another track, or tell what it is.',
          zh: '控制播放：暂停、停止、继续、换曲，或告诉用户正在放什么。',
        },
        input: z.object({ action: z.enum(['pause', 'stop', 'resume', 'next', 'previous', 'what']) }),
        effects: 'device',
        interrupted: (deviceId) => player.interrupted(deviceId),
        silence: (deviceId) => player.stop(deviceId),
        async run({ action }, { deviceId, language }): Promise<ToolAnswer> {
          const ui = uiLanguage(language);
          // The music is already silent, because the user has spoken. `stop` keeps it silent after the answer.
          if (action === 'pause' || action === 'stop') {
            player.stop(deviceId);
            return say(musicWords.stopped[ui]);
          }
          if (action === 'what') return whatPlays(player, deviceId, ui);
          const by = { resume: 0, next: 1, previous: -1 }[action];
          const play = await player.resume(deviceId, by);
          if (!play) return say(musicWords.noMore[ui]);
          return { ...say(musicWords.playing(player.title(deviceId) ?? '')[ui]), play };
        },
      }),
    ];
  },
});

/** If the question has interrupted the music, the music continues. */
function whatPlays(player: Player, deviceId: string, language: UiLanguage): ToolAnswer {
  const title = player.title(deviceId);
  const play = player.interrupted(deviceId);
  if (play && title !== undefined) return { ...say(musicWords.thisIs(title)[language]), play };
  if (title === undefined) return say(musicWords.nothing[language]);
  return say(musicWords.lastWas(title)[language]);
}

const say = (text: string): ToolAnswer => ({ text, say: text });
