import { createHash } from 'node:crypto';

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

/** Returns a MAC in lower case with colons. Gateways write dashes or underscores. Undefined for other text. */
export function parseDeviceId(value: string | undefined): string | undefined {
  const normal = value?.trim().toLowerCase().replace(/[-_]/g, ':');
  return normal !== undefined && MAC.test(normal) ? normal : undefined;
}

/**
 * Makes a device id for a client without a MAC, always the same for the same client. The id is locally administered
 * (`06:…`), so no factory assigns it. Returns undefined if the value is unusable.
 */
export function madeDeviceId(value: string | undefined): string | undefined {
  const id = parseClientId(value?.trim());
  if (id === undefined) return undefined;
  const hash = createHash('sha256').update(id).digest('hex');
  return ['06', ...(hash.slice(0, 10).match(/../g) ?? [])].join(':');
}

/** Accepts short visible strings. The firmware uses a UUID, but gateways and web pages use other strings. */
export function parseClientId(value: string | undefined): string | undefined {
  return value !== undefined && /^[\x21-\x7e]{1,128}$/.test(value) ? value : undefined;
}
