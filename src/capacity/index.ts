export type * from './capacity-port.js';
export {
  createAdmission,
  type AdmissionControl,
  type AdmissionOptions,
  type AdmissionView,
  type TalkRoom,
} from './admission.js';
export {
  createLoadControl,
  type CeilingReason,
  type LoadControl,
  type LoadControlOptions,
  type LoadSample,
  type LoadView,
} from './load-control.js';
export { conversationKey, costKey, MeasuredCosts, type RecognitionCost } from './measured-costs.js';
export { coresOfConversation, type CostSource, type KernelTimes } from './talk-cost.js';
export { Guess } from './guess.js';
export { createSlots, type SlotPoolControl, type SlotsOptions, type SlotsView } from './slots.js';
export type { Evenness } from './cpu-share.js';
export type { JobRecord } from './job-record.js';
export { Lateness } from './lateness.js';
export { planSlots, slotCount, type CpuSupply, type SlotPlan } from './slot-count.js';
export { latestStartFirst, type JobOrder, type QueueMoment, type Waiting } from './job-order.js';
export { SpeculationBudget } from './speculation-budget.js';
export {
  capacityFacts,
  chooseCapacity,
  configuredMax,
  talkingLimit,
  type CapacityChoice,
  type CapacityFacts,
  type CapacitySettings,
} from './choice.js';
export { watchLoad, why } from './load-watch.js';
