import { isIP } from 'node:net';

const HOST = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?\.?)(?::(\d{1,5}))?$/i;
/**
 * No public registry has these names, so no foreign server can use them. See RFC 6761, 6762 and 8375. The names .lan,
 * .home and .internal are in common use.
 */
const LOCAL_NAME = /(^|\.)(localhost|local|lan|home|internal|home\.arpa)$/;

/** The host from a valid `Host` header. `text` is safe to put into another header. */
export interface HostName {
  /** The header in lower case, with the port. */
  readonly text: string;
  /** Lower case, without port, brackets and final dot. */
  readonly name: string;
}

/** Undefined if the header is missing or is not a valid host. */
export function parseHost(header: string | undefined): HostName | undefined {
  const [text, host, port] = HOST.exec(header?.trim() ?? '') ?? [];
  if (text === undefined || host === undefined || (port !== undefined && Number(port) > 65_535)) return undefined;
  const name = host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  if (host.startsWith('[') && isIP(name) !== 6) return undefined;
  return { text: text.toLowerCase(), name };
}

/**
 * False if a foreign page could point this host name to this machine (DNS rebinding). `known` are the configured names,
 * in lower case.
 */
export function isOwnName({ name }: HostName, known: readonly string[]): boolean {
  return isIP(name) !== 0 || !name.includes('.') || LOCAL_NAME.test(name) || known.includes(name);
}

export function ownHostNames(hosts: readonly string[], publicUrl: string | undefined): readonly string[] {
  return [
    ...hosts.map((name) => name.toLowerCase()),
    ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname]),
  ];
}
