import { z } from 'zod';
import { MINUTE_MS, uiLanguage, type UiLanguage } from '../../../core/index.js';
import type { NoticeRecord } from '../../../platform/store/index.js';
import { reminderSettings } from '../../../providers/index.js';
import { duration, type NewNotice, type Notices } from '../../notices/index.js';
import { lettersOf } from '../../dialogue/text/characters.js';
import { defineTool, type ToolAnswer, type ToolContext } from '../tool.js';
import { defineToolGroup } from '../tool-group.js';
import { noticeWords, setWords } from './reminder-words.js';
import { firstTime } from './first-time.js';
import { WEEKDAYS } from './when.js';
import { toolFailed } from '../tool-errors.js';
import { TOOL_TEXTS } from '../words.js';
import { reminderWords } from './words.js';

const MAX_TIMER_S = 7 * 86_400;
const MAX_LISTED = 10;

const name = z.string().trim().max(80).optional();

export const reminders = defineToolGroup({
  settings: reminderSettings,
  create: (_, { notices }) => [setTimer, setReminder, snooze, list, cancel].map((tool) => tool(notices)),
});

const setTimer = (notices: Notices) =>
  defineTool({
    name: 'set_timer',
    words: {
      en: 'Starts a timer that is spoken when it ends. For "in ten minutes" without anything to be reminded of.',
      zh: '开始一个计时器，到时会说出来。用于“计时十分钟”这类没有具体事情的请求。',
    },
    input: z.object({
      seconds: z.int().min(1).max(MAX_TIMER_S).meta({ en: 'How long, in seconds', zh: '时长，秒' }),
      name: name.meta({ en: 'What it is for, e.g. pasta', zh: '用途，如 面条' }),
    }),
    effects: 'home',
    run: ({ seconds, name: text }, context) =>
      keep(notices, context, {
        kind: 'timer',
        dueMs: context.wallMs() + seconds * 1000,
        lengthMs: seconds * 1000,
        text: text === '' ? undefined : text,
      }),
  });

const setReminder = (notices: Notices) =>
  defineTool({
    name: 'set_reminder',
    words: {
      en: 'Sets an alarm, or a reminder of something, once or repeatedly.',
      zh: '设置闹钟或某件事的提醒，一次或重复。',
    },
    input: z.object({
      kind: z
        .enum(['alarm', 'reminder'])
        .meta({ en: 'alarm: to wake up; reminder: of something', zh: 'alarm：叫醒；reminder：提醒某事' }),
      at: z.string().max(20).optional().meta({
        en: 'The user’s local date and time, YYYY-MM-DDTHH:MM; of a repeated one its first time',
        zh: '用户当地的日期和时间，YYYY-MM-DDTHH:MM；重复的写第一次',
      }),
      in_minutes: z
        .number()
        .min(0.1)
        .max(MAX_TIMER_S / 60)
        .optional()
        .meta({ en: 'In place of `at`: minutes from now', zh: '代替 at：从现在起多少分钟' }),
      text: name.meta({ en: 'What to say, e.g. take the medicine', zh: '要说的事，如 吃药' }),
      repeat: z
        .enum(['none', 'hourly', 'daily', 'weekdays', 'weekends', 'weekly', 'monthly', 'yearly'])
        .optional()
        .meta({ en: 'Default none', zh: '默认 none' }),
      every_hours: z.int().min(1).max(12).optional().meta({
        en: 'Of hourly: 1, 2, 3, 4, 6, 8 or 12; default 1',
        zh: 'hourly 用：1、2、3、4、6、8 或 12；默认 1',
      }),
      weekdays: z.array(z.enum(WEEKDAYS)).max(7).optional().meta({
        en: 'Of weekly: the days, if more than that of `at`',
        zh: 'weekly 用：除 at 那天以外还有别的日子时，列出所有日子',
      }),
    }),
    effects: 'home',
    run({ kind, text, ...wanted }, context) {
      const times = firstTime(wanted, context.timeZone, context.wallMs());
      if (kind === 'reminder' && (text === undefined || text === ''))
        throw toolFailed((texts) => texts.reminders.noText);
      return keep(notices, context, { kind, ...times, text: text === '' ? undefined : text });
    },
  });

const SNOOZE_MINUTES = 5;

const snooze = (notices: Notices) =>
  defineTool({
    name: 'snooze',
    words: {
      en: 'Lets the alarm, timer or reminder that was just heard come again later: "five more minutes", "snooze".',
      zh: '让刚才响过的闹钟、计时器或提醒过一会儿再来：“再睡五分钟”“等会儿再叫我”。',
    },
    input: z.object({
      minutes: z.number().min(0.5).max(180).optional().meta({ en: 'Default 5', zh: '默认 5' }),
    }),
    effects: 'home',
    async run({ minutes = SNOOZE_MINUTES }, context): Promise<ToolAnswer> {
      // An alarm without a name is set if no notice rang recently, or if that is unknown after a restart.
      const { kind = 'alarm', text } = notices.lastHeard(context.deviceId) ?? {};
      const lengthMs = minutes * MINUTE_MS;
      const dueMs = context.wallMs() + lengthMs;
      await keep(notices, context, { kind, dueMs, text, ...(kind === 'timer' && { lengthMs }) });
      const ui = uiLanguage(context.language);
      return spoken(TOOL_TEXTS[ui].reminders.snoozed(duration(lengthMs, ui)));
    },
  });

const kindWanted = z.enum(['timer', 'alarm', 'reminder']).optional();
type WantedKind = NonNullable<z.infer<typeof kindWanted>>;

async function setOf(
  notices: Notices,
  deviceId: string,
  kind: WantedKind | undefined,
): Promise<readonly NoticeRecord[]> {
  const all = await notices.of(deviceId);
  return all.filter((notice) => notice.kind !== 'message' && (kind === undefined || notice.kind === kind));
}

const list = (notices: Notices) =>
  defineTool({
    name: 'list_reminders',
    words: {
      en: 'The timers, alarms and reminders that are set.',
      zh: '已经设置的计时器、闹钟和提醒。',
    },
    input: z.object({
      kind: kindWanted.meta({ en: 'Only of this kind', zh: '只说这一类' }),
      which: z.string().max(80).optional().meta({ en: 'Words of its name or text', zh: '名字或内容里的字' }),
    }),
    effects: 'none',
    async run({ kind, which = '' }, context): Promise<ToolAnswer> {
      const language = uiLanguage(context.language);
      const all = await setOf(notices, context.deviceId, kind);
      const set = which === '' ? all : all.filter((notice) => isCalled(notice, which, language));
      if (set.length === 0 && all.length > 0) return spoken(reminderWords.nothing[language]);
      const listed = set.slice(0, MAX_LISTED).map((notice) => noticeWords(notice, language, context.wallMs()));
      const none = reminderWords.noneSet[kind ?? 'any'];
      return spoken((set.length === 0 ? none : reminderWords.set(listed, set.length))[language]);
    },
  });

const cancel = (notices: Notices) =>
  defineTool({
    name: 'cancel_reminder',
    words: {
      en: 'Cancels timers, alarms or reminders. Without `which` and `all` it cancels the only one there is.',
      zh: '取消计时器、闹钟或提醒。不写 which 和 all 时，取消唯一的一个。',
    },
    input: z.object({
      kind: kindWanted.meta({ en: 'Only of this kind', zh: '只取消这一类' }),
      which: z.string().max(80).optional().meta({ en: 'Words of its name or text', zh: '名字或内容里的字' }),
      all: z.boolean().optional().meta({ en: 'All of them', zh: '全部取消' }),
    }),
    effects: 'home',
    async run({ kind, which, all }, context): Promise<ToolAnswer> {
      const language = uiLanguage(context.language);
      const nowMs = context.wallMs();
      const set = await setOf(notices, context.deviceId, kind);
      const meant =
        which === undefined || which === '' ? set : set.filter((notice) => isCalled(notice, which, language));
      if (meant.length === 0) return spoken(reminderWords.nothing[language]);
      if (meant.length > 1 && all !== true) {
        const listed = meant.slice(0, MAX_LISTED).map((notice) => noticeWords(notice, language, nowMs));
        return { text: TOOL_TEXTS[language].reminders.whichOne(listed) };
      }
      await notices.remove(
        context.deviceId,
        meant.map(({ id }) => id),
      );
      const listed = meant
        .slice(0, MAX_LISTED)
        .map((notice) => noticeWords(notice, language, nowMs).replace(/[,，].*$/, ''));
      return spoken(reminderWords.cancelled(listed)[language]);
    },
  });

async function keep(
  notices: Notices,
  { deviceId, timeZone, language, wallMs }: ToolContext,
  notice: Pick<NewNotice, 'kind' | 'dueMs'> & {
    readonly text: string | undefined;
    readonly lengthMs?: number;
    readonly repeats?: string | undefined;
  },
): Promise<ToolAnswer> {
  const kept = await notices.add({ ...notice, deviceId, timeZone });
  if (!kept) throw toolFailed((texts) => texts.reminders.tooMany);
  const ui = uiLanguage(language);
  const isHeld = kept.dueMs - wallMs() <= notices.heldMs;
  return spoken(`${setWords(kept, ui, wallMs())}${isHeld ? '' : reminderWords.toldOnWaking[ui]}`);
}

function isCalled(notice: NoticeRecord, which: string, language: UiLanguage): boolean {
  const wanted = lettersOf(which);
  return (
    wanted !== '' && lettersOf(`${notice.text ?? ''} ${noticeWords(notice, language, notice.dueMs)}`).includes(wanted)
  );
}

const spoken = (text: string): ToolAnswer => ({ text, say: text });
