import type { GroupReport, GroupSecond } from './device-group.js';
import type { FleetOptions } from './run-options.js';
import type { SpeechLibrary } from './speech.js';

/** Parent to worker. Prepared first, so that all workers begin at the same moment. */
export type ToWorker =
  | {
      readonly type: 'prepare';
      readonly run: FleetOptions;
      readonly speech: SpeechLibrary;
      readonly from: number;
      readonly to: number;
    }
  | { readonly type: 'go' };

/** Worker to parent. */
export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'second'; readonly second: GroupSecond }
  | { readonly type: 'done'; readonly report: GroupReport }
  | { readonly type: 'failed'; readonly message: string };
