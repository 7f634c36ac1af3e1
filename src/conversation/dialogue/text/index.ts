export { endsSentence, isWhole, ReplyText, spokenChunks, type TextPart } from './reply-text.js';
