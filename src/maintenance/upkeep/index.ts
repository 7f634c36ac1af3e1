export { filesOf, keepNewest } from './kept-files.js';
export { MemoryWatch, type GrowingProcess, type WatchedProcess } from './memory-watch.js';
export {
  isUpkeepTask,
  UPKEEP_TASKS,
  type StoreUpkeep,
  type TaskOutcome,
  type TaskRecord,
  type UpkeepTask,
  type UpkeepTaskName,
} from './upkeep-port.js';
export { readRecords } from './record-file.js';
export { isTimeOfWeek, nextTime, onSchedule, untilIdle } from './schedule.js';
export { upkeepTasks, type PerformanceReport, type TaskParts } from './tasks.js';
export { Upkeep, type RunRequest, type UpkeepOptions } from './upkeep.js';
export { TASK_TITLES } from './words.js';
