import { z } from 'zod';
import { uiLanguage, type UiLanguage, HOUR_MS } from '../../../core/index.js';
import { messageSettings } from '../../../providers/index.js';
import { lettersOf } from '../../dialogue/text/characters.js';
import { defineTool, type ToolAnswer } from '../tool.js';
import { defineToolGroup, type NamedDevice } from '../tool-group.js';
import { toolFailed } from '../tool-errors.js';
import { namesOfRoom } from './room-names.js';
import { messageWords } from './words.js';

const MAX_RECEIVERS = 50;
const EVERYBODY =
  /^(all|everyone|everybody|everywhere|all devices|every room|所有人|大家|全家|所有设备|所有房间|家里所有)$/;

export const messages = defineToolGroup({
  settings: messageSettings,
  create: ({ keep_hours: keepHours }, { devices, notices }) => [
    defineTool({
      name: 'send_message',
      words: {
        en: 'Says something on another device of the household, e.g. "tell the kitchen that dinner is ready".',
        zh: '让家里另一台设备说一句话，如“告诉厨房开饭了”。',
      },
      input: z.object({
        to: z
          .string()
          .min(1)
          .max(64)
          .meta({ en: 'Name of the device or room; all: everywhere', zh: '设备或房间的名字；all：所有' }),
        text: z.string().trim().min(1).max(300).meta({ en: 'What to say there', zh: '要说的话' }),
      }),
      effects: 'home',
      async run({ to, text }, { deviceId, language, timeZone, wallMs }): Promise<ToolAnswer> {
        const ui = uiLanguage(language);
        const known = await devices();
        const receivers = receiversOf(to, known, deviceId);
        if (receivers.length === 0) {
          const names = known.flatMap((device) => (device.deviceId === deviceId ? [] : (device.name ?? [])));
          throw toolFailed((texts) => texts.messages.noDevice(JSON.stringify(to), names.slice(0, 20)));
        }
        const from = known.find((device) => device.deviceId === deviceId)?.name;
        let kept = 0;
        let heard = 0;
        for (const receiver of receivers) {
          const dueMs = wallMs();
          const notice = await notices.add({
            deviceId: receiver.deviceId,
            kind: 'message',
            text: messageText(from, text, ui),
            dueMs,
            expiresMs: dueMs + keepHours * HOUR_MS,
            timeZone,
          });
          if (!notice) continue;
          kept += 1;
          if (notices.isPresent(receiver.deviceId)) heard += 1;
        }
        if (kept === 0) throw toolFailed((texts) => texts.messages.full);
        const said = kept < receivers.length ? messageWords.toldNotAll[ui] : sentWords(kept, heard, ui);
        return { text: said, say: said };
      },
    }),
  ],
});

function messageText(from: string | undefined, text: string, language: UiLanguage): string {
  const words = from === undefined ? messageWords.message(text) : messageWords.messageFrom(from, text);
  return words[language];
}

function sentWords(kept: number, heard: number, language: UiLanguage): string {
  if (heard === kept) return messageWords.told[language];
  return (heard > 0 ? messageWords.toldSome : messageWords.later(kept))[language];
}

const plain = (name = ''): string => lettersOf(name.replace(/^the\s+/i, ''));

/** An exact name is best. Next is the same room in the other language. A similar name must be the only one. */
function receiversOf(to: string, devices: readonly NamedDevice[], self: string): readonly NamedDevice[] {
  const others = devices.filter(({ deviceId }) => deviceId !== self);
  if (EVERYBODY.test(to.trim().toLowerCase())) return others.slice(0, MAX_RECEIVERS);
  const wanted = plain(to);
  if (wanted === '') return [];
  const exact = others.filter(({ name }) => plain(name) === wanted);
  if (exact.length > 0) return exact;
  const room = namesOfRoom(to.replace(/^the\s+/i, ''));
  const there = others.filter(({ name }) => room.includes(plain(name)));
  if (there.length > 0) return there;
  const near = others.filter(({ name }) => {
    const called = plain(name);
    return called !== '' && (called.includes(wanted) || wanted.includes(called));
  });
  return near.length === 1 ? near : [];
}
