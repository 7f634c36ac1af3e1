export { describeMachine, type MachineDescription } from './description.js';
export { readHardware, type Hardware } from './hardware.js';
export { openCgroup, type CgroupReader, type CgroupUsage } from './cgroup-usage.js';
export type { MemoryReading, SocketCounts } from './load.js';
export type { Pressure, PressureLine } from './pressure.js';
export { createProcessReader, type ProcessReaderOptions } from './process-reader.js';
export type { ProcessReader, ProcessReading } from './processes.js';
export { readTextFile, type ReadText } from './read-text.js';
export { createSampler, type MachineSample, type ProcessSample, type Sampler, type SamplerOptions } from './sampler.js';
