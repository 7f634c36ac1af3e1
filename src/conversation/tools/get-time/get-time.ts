import { z } from 'zod';
import { localTime, uiLanguage } from '../../../core/index.js';
import { defineTool } from '../tool.js';
import { toolFailed } from '../tool-errors.js';

export const getTime = defineTool({
  name: 'get_time',
  words: {
    en: 'The current date, day of the week and time; at the user’s place unless another time zone is given.',
    zh: '当前的日期、星期和时间；不给时区就是用户所在地的。',
  },
  input: z.object({
    time_zone: z
      .string()
      .max(64)
      .optional()
      .meta({ en: 'IANA time zone of another place, e.g. Europe/Paris', zh: '其他地方的 IANA 时区，如 Europe/Paris' }),
  }),
  effects: 'none',
  anywhere: true,
  run({ time_zone: elsewhere }, { timeZone: here, language, wallMs }) {
    const timeZone = elsewhere === undefined || elsewhere === '' ? here : elsewhere;
    const time = localTime(wallMs(), timeZone, uiLanguage(language));
    if (time === undefined && timeZone !== here) throw toolFailed(({ dates }) => dates.noSuchZone);
    return time === undefined ? `${new Date(wallMs()).toISOString()} (UTC)` : `${time} (${timeZone})`;
  },
});
