import type { Store } from '../../src/platform/store/index.js';

/**
 * Waits for the writes that were begun before. The embedded database does writes one after the other, in real time, so
 * this is a write, too.
 */
export async function writesDone({ toolData }: Pick<Store, 'toolData'>): Promise<void> {
  await toolData.remove('no tool', 'nobody', ['no key']);
}
