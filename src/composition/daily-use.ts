import { DailyUse } from '../conversation/session/index.js';
import type { Store } from '../platform/store/index.js';
import type { Foundation } from '../config/index.js';

export function composeDailyUse({ root, common }: Foundation, { talkDays }: Pick<Store, 'talkDays'>): DailyUse {
  const use = new DailyUse({ ...common, store: talkDays });
  root.fork('talk of the day', (signal) => use.run(signal));
  // This runs after all sessions have ended and before the database closes.
  root.onClose(() => use.flush());
  return use;
}
