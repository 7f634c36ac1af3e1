export { isUpkeepTask, UPKEEP_TASKS, type StoreUpkeep, type TaskRecord, type UpkeepTaskName } from './upkeep-port.js';
export { readRecords } from './record-file.js';
export { upkeepTasks } from './tasks.js';
export { Upkeep } from './upkeep.js';
export { createServerUpkeep, offlineParts } from './server-upkeep.js';
export { taskWords } from './words.js';
