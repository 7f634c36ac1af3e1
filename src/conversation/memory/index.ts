export { Mem0 } from './mem0.js';
export { Memories } from './memories.js';
export { MEMORY_TOOLS, memoryTools } from './memory-tools.js';
