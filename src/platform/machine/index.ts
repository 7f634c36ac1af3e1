export { openCgroup, readMemoryEvents, type MemoryEvents } from './cgroup-usage.js';
export { describeMachine, readHardware, type Hardware, type MachineDescription } from './hardware.js';
export { readMemory } from './load.js';
export { openFilesLimit, openFilesNeeded } from './open-files.js';
export { createProcessReader } from './process-reader.js';
export type { ProcessReader, ProcessReading } from './processes.js';
export { readTextFile, type ReadText } from './read-text.js';
export { createSampler, type MachineSample, type ProcessSample, type Sampler } from './sampler.js';
export { proveWritable } from './writable.js';
