import type { Config } from '../config/index.js';
import { readHardware } from '../machine/index.js';
import { createAdmission, createSlots, slotCount, type Admission, type Slots } from '../scheduling/index.js';
import type { Foundation } from './foundation.js';

/** Devices that may talk at once per CPU slot until this machine was measured (`max_concurrent_sessions: auto`): what the bench holds with room to spare. */
const TALKING_PER_SLOT = 5;

/** How much this machine does at once. */
export interface Capacity {
  readonly slots: Slots;
  readonly slotCount: number;
  readonly admission: Admission;
  readonly maxTalking: number;
}

export function composeCapacity({ config, common: { clock, metrics } }: Foundation): Capacity {
  const { cores, cpuQuota } = readHardware();
  const quota = config.load.cpu === 'auto' ? cpuQuota : Math.min(config.load.cpu, cpuQuota ?? Infinity);
  const count = config.load.slots === 'auto' ? slotCount({ cores, quota }) : config.load.slots;
  const slots = createSlots({ clock, metrics, slots: count, acquireTimeoutMs: config.asr.acquire_timeout_ms, maxOfKind: workersOf(config) });
  const maxTalking = config.max_concurrent_sessions === 'auto' ? count * TALKING_PER_SLOT : config.max_concurrent_sessions;
  const admission = createAdmission({ clock, metrics, maxTalking, conversationMs: config.session.conversation_ms });
  return { slots, slotCount: count, admission, maxTalking };
}

/** `auto`: all slots. */
function workersOf({ asr, tts }: Config): { asr?: number; tts?: number } {
  return { ...(asr.max_workers !== 'auto' && { asr: asr.max_workers }), ...(tts.max_workers !== 'auto' && { tts: tts.max_workers }) };
}
