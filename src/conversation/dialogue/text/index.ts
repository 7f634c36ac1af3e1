export { SentenceChunker } from './chunker.js';
export { ReplyText, spokenChunks, type TextPart } from './reply-text.js';
