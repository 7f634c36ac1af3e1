import type { GroupReport, GroupSecond } from './device-group.js';
import type { FleetOptions } from './run-options.js';
import type { SpeechLibrary } from './speech.js';

/** `prepare` comes first, so that all workers can begin at the same moment. */
export type ToWorker =
  | {
      readonly type: 'prepare';
      readonly run: FleetOptions;
      readonly speech: SpeechLibrary;
      readonly from: number;
      readonly to: number;
    }
  | { readonly type: 'go' };

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'second'; readonly second: GroupSecond }
  | { readonly type: 'done'; readonly report: GroupReport }
  | { readonly type: 'failed'; readonly message: string };
