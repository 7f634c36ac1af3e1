import type { Config, Foundation } from '../config/index.js';
import { describeMachine, readHardware } from '../platform/machine/index.js';
import {
  type AdmissionControl,
  capacityFacts,
  type CapacityFacts,
  chooseCapacity,
  configuredMax,
  conversationKey,
  createAdmission,
  createSlots,
  Disturbances,
  isBelow,
  isIdle,
  JobTimes,
  type MeasuredCosts,
  type SlotPoolControl,
  talkingLimit,
  watchLoad,
  why,
} from '../capacity/index.js';

export interface Capacity {
  readonly slots: SlotPoolControl;
  readonly slotCount: number;
  readonly threads: number;
  readonly admission: AdmissionControl;
  readonly maxTalking: number;
  facts(): CapacityFacts;
  /** True if no device is in a conversation or waits for one. */
  isIdle(): boolean;
  readonly mayPrepare: () => boolean;
  /**
   * True if no job waits, the machine is not strained, and at most this share of the possible conversations is running.
   * Without load control, only the waiting jobs count.
   */
  readonly isBelow: (share: number) => boolean;
  /** Applies the number of CPU cores that one conversation needs. The self-test measures this number. */
  selfTested(cores: number): void;
  /**
   * Marks the start of work that belongs to no conversation. Until the returned function is called, the CPU use of this
   * process is not attributed to conversations.
   */
  disturb(): () => void;
  /** Watches the load until the root scope closes. */
  watch(): void;
}

/** Above this share of the possible conversations, no speculative answer begins. */
const PREPARE_BELOW = 0.8;

export function composeCapacity(foundation: Foundation, costs: MeasuredCosts): Capacity {
  const { config, live, root, common } = foundation;
  const { clock, metrics, log } = common;
  const hardware = readHardware();
  const choice = chooseCapacity(hardware, live, costs.get(conversationKey(describeMachine())));
  const { load, slots: slotCount, threads } = choice;
  const jobs = new JobTimes();
  const disturbances = new Disturbances();
  // The pool reads the limits at every decision, because they can change while devices talk.
  const slots = createSlots({
    clock,
    metrics,
    slots: slotCount,
    acquireTimeoutMs: config.asr.acquire_timeout_ms,
    get maxOfKind() {
      return workersOf(live.current);
    },
    // With `log.level: debug`, the log has a line per job, which bench/record-jobs.ts reads.
    onJob(job) {
      jobs.add(job);
      log.debug('inference job', { ...job });
    },
  });
  const admission = createAdmission({
    clock,
    metrics,
    get maxTalking() {
      return load ? configuredMax(live.current) : talkingLimit(live.current, choice);
    },
    get conversationMs() {
      return live.current.session.conversation_ms;
    },
    ...(load && { room: load.view() }),
  });
  return {
    slots,
    slotCount,
    threads,
    admission,
    get maxTalking() {
      return talkingLimit(live.current, choice);
    },
    facts: () => capacityFacts(live.current, hardware, choice),
    isIdle: () => isIdle(admission),
    mayPrepare: () => isBelow(PREPARE_BELOW, slots, admission, load),
    isBelow: (share) => isBelow(share, slots, admission, load),
    selfTested(cores) {
      const view = load?.selfTested(cores);
      if (!view) return;
      admission.setRoom(view);
      log.info('self-test: devices that may talk', { conversations: view.conversations, ...why(view) });
    },
    disturb: () => disturbances.begin(),
    watch() {
      const times = { heldMs: () => jobs.heldMs, lateJobs: () => jobs.lateness.view(clock.nowMs()) };
      const watched = { ...common, admission, supply: choice, ...times, disturbed: disturbances.disturbed };
      if (load) root.fork('watch load', (signal) => watchLoad({ ...watched, load }, signal));
    },
  };
}

/** A kind that is set to `auto` is left out, so its jobs may use all slots. */
function workersOf({ asr, tts }: Config): { asr?: number; tts?: number } {
  return {
    ...(asr.max_workers !== 'auto' && { asr: asr.max_workers }),
    ...(tts.max_workers !== 'auto' && { tts: tts.max_workers }),
  };
}
