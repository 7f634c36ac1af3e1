export { Mem0, type Mem0Options } from './mem0.js';
export { Memories, type MemoriesOptions } from './memories.js';
export { MEMORY_TOOLS, memoryTools } from './memory-tools.js';
