export type * from './conversation-port.js';
export { createConversation, type ConversationSettings } from './conversation.js';
export { newHistory } from './history.js';
export type { KnownPassage } from './prompt-sources.js';
export { SentenceChunker } from './text/chunker.js';
export { spokenChunks } from './text/index.js';
export { KeptHistories } from './kept-histories.js';
export { createLanguageModel, type LanguageModel } from './language-model.js';
export { systemPrompt } from './prompt.js';
