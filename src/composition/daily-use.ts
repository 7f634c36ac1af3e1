import { DailyUse } from '../conversation/session/index.js';
import type { Store } from '../platform/store/index.js';
import type { Foundation } from './foundation.js';

/** How much devices talk in a day, written behind the conversations' back. */
export function composeDailyUse({ root, common }: Foundation, { talkDays }: Pick<Store, 'talkDays'>): DailyUse {
  const use = new DailyUse({ ...common, store: talkDays });
  root.fork('talk of the day', (signal) => use.run(signal));
  // After every session is over, and before the database is closed.
  root.onClose(() => use.flush());
  return use;
}
