export { KnowledgeLibrary, sourceOf } from './library.js';
export { Meanings, type EmbeddingSettings } from './meanings.js';
export { knowledgeTool, SEARCH_KNOWLEDGE } from './knowledge-tool.js';
export { readInChild } from './reading/read-in-child.js';
