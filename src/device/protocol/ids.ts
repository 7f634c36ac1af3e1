import { createHash } from 'node:crypto';

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

/**
 * Returns the MAC in lower case with colons. Dashes and underscores are accepted, because gateways and web pages use
 * them. Undefined: the value is no MAC.
 */
export function parseDeviceId(value: string | undefined): string | undefined {
  const normal = value?.trim().toLowerCase().replace(/[-_]/g, ':');
  return normal !== undefined && MAC.test(normal) ? normal : undefined;
}

/**
 * Makes a device id for a client whose own id is not a MAC. The same client always gets the same id. The id is locally
 * administered (`06:…`), so no factory assigns it. Undefined: the client's id cannot be used.
 */
export function madeDeviceId(value: string | undefined): string | undefined {
  const id = parseClientId(value?.trim());
  if (id === undefined) return undefined;
  const hash = createHash('sha256').update(id).digest('hex');
  return ['06', ...(hash.slice(0, 10).match(/../g) ?? [])].join(':');
}

/**
 * Parses a Client-Id. The firmware uses a UUID. Other short visible strings are accepted, because gateways and web
 * pages make their own ids.
 */
export function parseClientId(value: string | undefined): string | undefined {
  return value !== undefined && /^[\x21-\x7e]{1,128}$/.test(value) ? value : undefined;
}
