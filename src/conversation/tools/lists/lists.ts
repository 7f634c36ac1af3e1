import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { uiLanguage, type UiLanguage } from '../../../core/index.js';
import type { ToolDataStore, ToolDatum } from '../../../platform/store/index.js';
import { listSettings } from '../../../providers/index.js';
import { lettersOf } from '../../dialogue/text/characters.js';
import { wordStemsIn } from '../../session/phrases.js';
import { defineTool, type ToolAnswer } from '../tool.js';
import { defineToolGroup } from '../tool-group.js';
import { toolFailed } from '../tool-errors.js';
import { listWords } from './words.js';

const HOME = 'home';
const MOST_ITEMS = 200;
const MAX_LISTED = 20;

const list = z
  .enum(['shopping', 'todo', 'notes'])
  .meta({ en: 'Which list; notes: anything to be remembered', zh: '哪个清单；notes：随手记的便签' });
const toolOf = (name: z.infer<typeof list>): string => `list:${name}`;

export const lists = defineToolGroup({
  settings: listSettings,
  create: ({ shared }, { data }) => {
    const ownerOf = (deviceId: string): string => (shared ? HOME : deviceId);
    return [add, read, remove].map((define) => define(data, ownerOf, shared));
  },
});

type OwnerOf = (deviceId: string) => string;

const add = (data: ToolDataStore, ownerOf: OwnerOf, shared: boolean) =>
  defineTool({
    name: 'list_add',
    words: {
      en: 'Puts things on the shopping or to-do list, or writes a note down.',
      zh: '往购物清单、待办清单里加东西，或记一条便签。',
    },
    input: z.object({
      list,
      items: z.array(z.string().trim().min(1).max(200)).min(1).max(20).meta({ en: 'One entry each', zh: '每项一条' }),
    }),
    effects: 'home',
    anywhere: shared,
    async run({ list: name, items }, { deviceId, language, wallMs }): Promise<ToolAnswer> {
      const owner = ownerOf(deviceId);
      const before = new Set((await data.all(toolOf(name), owner)).map(({ value }) => lettersOf(value)));
      for (const [index, value] of items.filter((item) => !before.has(lettersOf(item))).entries()) {
        const changedMs = Math.round(wallMs()) + index;
        if (!(await data.put(toolOf(name), owner, { key: randomUUID(), value, changedMs }, MOST_ITEMS)))
          throw toolFailed((texts) => texts.lists.full(MOST_ITEMS));
      }
      const ui = uiLanguage(language);
      return spoken((name === 'notes' ? listWords.noted : listWords.added)(listWords.names[name], items)[ui]);
    },
  });

const read = (data: ToolDataStore, ownerOf: OwnerOf, shared: boolean) =>
  defineTool({
    name: 'list_read',
    words: { en: 'What is on a list, or the notes.', zh: '清单或便签上有什么。' },
    input: z.object({ list }),
    effects: 'none',
    anywhere: shared,
    async run({ list: name }, { deviceId, language }): Promise<ToolAnswer> {
      const items = await data.all(toolOf(name), ownerOf(deviceId));
      return spoken(tell(items, name, uiLanguage(language)));
    },
  });

const remove = (data: ToolDataStore, ownerOf: OwnerOf, shared: boolean) =>
  defineTool({
    name: 'list_remove',
    words: { en: 'Takes things off a list, or empties it.', zh: '从清单里划掉东西，或清空它。' },
    input: z.object({
      list,
      items: z
        .array(z.string().trim().min(1).max(200))
        .max(20)
        .optional()
        .meta({ en: 'Entries, or words of them', zh: '条目，或其中的字' }),
      all: z.boolean().optional().meta({ en: 'Empty the list', zh: '清空' }),
    }),
    effects: 'home',
    anywhere: shared,
    async run({ list: name, items = [], all = false }, { deviceId, language }): Promise<ToolAnswer> {
      const owner = ownerOf(deviceId);
      const there = await data.all(toolOf(name), owner);
      const wanted = new Set(items.flatMap((item) => meantBy(item, there)));
      const meant = all ? there : there.filter((one) => wanted.has(one));
      await data.remove(
        toolOf(name),
        owner,
        meant.map(({ key }) => key),
      );
      const ui = uiLanguage(language);
      const called = listWords.names[name];
      if (meant.length === 0) return spoken(listWords.notThere(called)[ui]);
      if (all) return spoken(listWords.emptied(called)[ui]);
      const values = meant.map(({ value }) => value);
      return spoken(listWords.removed(called, values)[ui]);
    },
  });

/** English words match as a whole, because "ice" is also a part of "rice". In Chinese each character is a word. */
function meantBy(item: string, there: readonly ToolDatum[]): readonly ToolDatum[] {
  const letters = lettersOf(item);
  if (letters === '') return [];
  const exact = there.filter(({ value }) => lettersOf(value) === letters);
  return exact.length > 0 ? exact : there.filter(({ value }) => stemsOf(value).includes(stemsOf(item)));
}

const stemsOf = (text: string): string => ` ${wordStemsIn(text).join(' ')} `;

function tell(items: readonly ToolDatum[], name: z.infer<typeof list>, language: UiLanguage): string {
  const values = items.slice(0, MAX_LISTED).map(({ value }) => value);
  if (items.length === 0) return listWords.empty(listWords.names[name])[language];
  return listWords.has(listWords.on[name], values, items.length)[language];
}

const spoken = (text: string): ToolAnswer => ({ text, say: text });
