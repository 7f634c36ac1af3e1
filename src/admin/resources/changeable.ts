import { FIELDS, type FieldShape } from '../../config/index.js';
import { addressKeyOf, providers } from '../../providers/index.js';

/**
 * Sections whose settings the page may change. A session may be stolen, so no setting may lead to a shell, a file or
 * another machine. Addresses of services are an exception, because the server checks them. Nothing checks the addresses
 * and secrets inside a map.
 */
const SECTIONS = [
  'session',
  'llm',
  'llm.fallback',
  'tts',
  'asr',
  'vad',
  'pacing',
  'load',
  'history',
  'upkeep',
  'vision',
];
/** Single settings that the page may change, under the same rule. */
const KEYS = [
  'profile',
  'max_concurrent_sessions',
  'server.public_url',
  'server.public_port',
  'server.drain_ms',
  'auth.pairing',
  'auth.auto_bind_max',
  'auth.codes_per_address',
  'auth.allowlist',
  'models.auto_pull',
  'models.locale',
  'log.level',
  'log.transcripts',
];

export function isChangeable(key: string): boolean {
  const field = FIELDS.get(key);
  if (!field || (field.secret && field.map)) return false;
  if (takesAddress(field.shape) && !addressKeys().has(key) && key !== 'server.public_url') return false;
  if (KEYS.includes(key)) return true;
  const section = key.slice(0, Math.max(0, key.lastIndexOf('.')));
  const voice = providers.voices.find(({ id }) => section === `tts.${id}`);
  if (voice) return voice.address?.changeable !== false || addressKeyOf(voice) !== key;
  return SECTIONS.includes(section);
}

/** Also true for a list or map that contains addresses, for example `llm.services`. */
function takesAddress({ format, anyOf = [], items, properties = {}, additionalProperties }: FieldShape): boolean {
  const inner = [...anyOf, items, ...Object.values(properties), additionalProperties];
  return format === 'uri' || inner.some((shape) => typeof shape === 'object' && takesAddress(shape));
}

/**
 * True if the setting decides where devices connect or which devices are admitted. A browser needs the password again
 * to change such a setting.
 */
export function leadsDevices(key: string): boolean {
  return ['server.public_url', 'server.public_port', 'auth.pairing', 'auth.allowlist'].includes(key);
}

/** Configuration keys of the service addresses that the page may change. A service gets a secret and people's words. */
export function addressKeys(): ReadonlySet<string> {
  const voices = providers.voices.flatMap((voice) => (voice.address?.changeable ? (addressKeyOf(voice) ?? []) : []));
  return new Set(['llm.base_url', 'llm.fallback.base_url', ...voices]);
}
