import { z } from 'zod';
import { calendarSettings } from '../../../providers/index.js';
import { defineTool } from '../tool.js';
import { defineToolGroup } from '../tool-group.js';

export const calendar = defineToolGroup({
  settings: calendarSettings,
  create: () => [
    defineTool({
      name: 'get_date_info',
      words: {
        en:
          'A date: its weekday, the date of the Chinese lunar calendar, solar term and festivals. ' +
          'Or the next date of a festival.',
        zh: '某一天的星期、农历、节气和节日；或某个节日、节气在哪一天。',
      },
      input: z.object({
        date: z.string().max(10).optional().meta({ en: 'YYYY-MM-DD, default today', zh: 'YYYY-MM-DD，默认今天' }),
        festival: z
          .string()
          .max(40)
          .optional()
          .meta({ en: 'In place of the date: a festival or solar term', zh: '代替日期：节日或节气，如 中秋节、冬至' }),
      }),
      effects: 'none',
      anywhere: true,
      async run({ date = '', festival = '' }, context) {
        // Loaded only when needed, because the tables of the lunar calendar take some megabytes.
        const { tellDate } = await import('./dates.js');
        return tellDate({ date, festival }, context);
      },
    }),
  ],
});
