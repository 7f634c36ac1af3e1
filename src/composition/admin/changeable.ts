import { FIELDS } from '../../config/index.js';

/**
 * What the page may set. Not: who may use the page, addresses and files that the server itself opens or sends to, and the way back. Those are changed on the
 * server, because whoever has stolen a browser session must not get a shell, a file or another machine by it.
 */
const SECTIONS = [
  'session',
  'llm',
  'llm.fallback',
  'tts',
  'tts.edge',
  'tts.openai',
  'asr',
  'vad',
  'pacing',
  'load',
  'history',
  'upkeep',
];
const KEYS = [
  'profile',
  'max_concurrent_sessions',
  'server.public_url',
  'server.public_port',
  'server.drain_ms',
  'auth.pairing',
  'auth.auto_bind_max',
  'auth.allowlist',
  'models.auto_pull',
  'models.locale',
  'log.level',
  'log.transcripts',
];
const NEVER = new Set(['tts.edge.url']);

export function isChangeable(key: string): boolean {
  return (
    FIELDS.has(key) &&
    !NEVER.has(key) &&
    (KEYS.includes(key) || SECTIONS.includes(key.slice(0, Math.max(0, key.lastIndexOf('.')))))
  );
}

/** Keys that hold the address of a service, which gets a secret and whatever is said. */
export const ADDRESS_KEYS: ReadonlySet<string> = new Set([
  'llm.base_url',
  'llm.fallback.base_url',
  'tts.openai.base_url',
]);

/** A reference (`file:`, `env:`) would send the content of any file of the server to the service of whoever sets its address. */
export function isReference(value: unknown): boolean {
  return typeof value === 'string' && /^(file|env):/.test(value);
}
