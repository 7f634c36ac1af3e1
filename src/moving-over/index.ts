export type { Bilingual } from '../core/index.js';
export { findOldFiles, OWN_NAMES, type OldFile } from './old-files.js';
export { readOldSettings, type OldProblem, type OldSettings } from './old-settings.js';
export { planImport, type ImportPlan } from './plan.js';
export type { OldAccess } from './plan-access.js';
export type { ImportReport, LeftEntry, PlannedDevice, TakenEntry, TodoEntry } from './report.js';
export { carryOut, type CarriedOut, type ImportStore } from './carry-out.js';
export { readMovedOver, type MovedOver } from './record.js';
export { movingOverTable } from './table.js';
