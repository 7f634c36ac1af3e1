export { DEFAULT_CHUNK_LIMITS, SentenceChunker, type ChunkLimits } from './chunker.js';
export { speakable, SpeechCleaner, type CleanPart } from './cleaner.js';
export { emotionOfEmoji, emotionOfTag } from './emotion.js';
export { ReplyText, spokenChunks, type TextPart } from './reply-text.js';
