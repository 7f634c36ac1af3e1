export { Memories } from './memories.js';
export { keepingOf } from './keeping.js';
export { MEMORY_TOOLS, memoryTools } from './memory-tools.js';
