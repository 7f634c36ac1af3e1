export { filesOf, keepNewest } from './kept-files.js';
export { MemoryWatch } from './memory-watch.js';
export { isUpkeepTask, UPKEEP_TASKS, type StoreUpkeep, type TaskRecord, type UpkeepTaskName } from './upkeep-port.js';
export { readRecords } from './record-file.js';
export { nextTime, onSchedule, untilIdle } from './schedule.js';
export { upkeepTasks, type PerformanceReport, type TaskParts } from './tasks.js';
export { Upkeep } from './upkeep.js';
export { createServerUpkeep, offlineParts, type UpkeepParts } from './server-upkeep.js';
export { taskWords } from './words.js';
