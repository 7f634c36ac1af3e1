export type * from './conversation-port.js';
export { createConversation, type ConversationOptions, type ConversationSettings } from './conversation.js';
