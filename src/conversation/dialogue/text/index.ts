export { SentenceChunker } from './chunker.js';
export { endsSentence, isWhole, ReplyText, spokenChunks, type TextPart } from './reply-text.js';
