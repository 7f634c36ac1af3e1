export type * from './conversation-port.js';
export { createConversation, newHistory, type ConversationOptions, type ConversationSettings } from './conversation.js';
export { SentenceChunker } from './text/chunker.js';
export { spokenChunks } from './text/index.js';
export { KeptHistories, type KeptHistoriesOptions } from './kept-histories.js';
