import { bilingualWords } from '../../../core/index.js';
import type { ActionName } from './actions.js';

const en = {
  unlocked: (name: string) => `${name}: unlocked.`,
  /** These sentences are spoken after an action, so that the model need not be asked again. */
  done: (name: string, action: ActionName, opens: boolean) => {
    if (action === 'lock') return `${name}: locked.`;
    if (action === 'turn_on') return opens ? `${name}: opening.` : `${name}: on.`;
    return action === 'turn_off' ? `${name}: ${opens ? 'closing' : 'off'}.` : `${name}: done.`;
  },
};

const zh: typeof en = {
  unlocked: (name) => `${name}开锁了。`,
  done: (name, action, opens) => {
    if (action === 'turn_on') return `${name}打开了。`;
    if (action === 'lock') return `${name}锁上了。`;
    return action === 'turn_off' ? `${name}${opens ? '关上' : '关'}了。` : `好的，${name}。`;
  },
};

export const homeWords = bilingualWords({ en, zh });
