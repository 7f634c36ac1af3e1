export { KnowledgeLibrary, sourceOf } from './library.js';
export { Meanings, type EmbeddingFailure, type EmbeddingSettings, type EmbeddingStatus } from './meanings.js';
export { knowledgeTool, SEARCH_KNOWLEDGE } from './knowledge-tool.js';
export { readInChild } from './reading/read-in-child.js';
