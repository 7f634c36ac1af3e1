export type * from './port.js';
export { createAdmission, type AdmissionOptions, type AdmissionView } from './admission.js';
export { createSlots, type SlotsOptions, type SlotsView } from './slots.js';
export { slotCount, type CpuSupply } from './slot-count.js';
export { latestStartFirst, type JobOrder, type QueueMoment, type Waiting } from './job-order.js';
