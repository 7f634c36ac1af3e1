export { Memories } from './memories.js';
export { keepingOf, type Keeping } from './keeping.js';
export { MEMORY_TOOLS, memoryTools } from './memory-tools.js';
