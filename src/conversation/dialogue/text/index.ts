export { SentenceChunker } from './chunker.js';
export { isWhole, ReplyText, spokenChunks, type TextPart } from './reply-text.js';
