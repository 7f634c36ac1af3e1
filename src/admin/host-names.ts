import { isIP } from 'node:net';

const HOST = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?\.?)(?::(\d{1,5}))?$/i;
/**
 * Names that nobody outside the local network can give an address: no public registry has them (RFC 6761, 6762, 8375;
 * .lan, .home and .internal by use).
 */
const LOCAL_NAME = /(^|\.)(localhost|local|lan|home|internal|home\.arpa)$/;

/** A `Host` as it may stand in an address; `text` has nothing in it that could break out of a header. */
export interface HostName {
  /** With the port, as it was sent. */
  readonly text: string;
  /** Lower case, without port, brackets and final dot. */
  readonly name: string;
}

/** Undefined: no host. */
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
 * Whether a page under that name can only be ours. A foreign web page can let its own name point to this machine (DNS
 * rebinding); it cannot be an IP address, a name without a dot, or a name of the local network. `known`: names that the
 * configuration gives, in lower case.
 */
export function isOwnName({ name }: HostName, known: readonly string[]): boolean {
  return isIP(name) !== 0 || !name.includes('.') || LOCAL_NAME.test(name) || known.includes(name);
}

/** The names that the configuration gives: `admin.hosts`, and that of `server.public_url`. */
export function ownHostNames(hosts: readonly string[], publicUrl: string | undefined): readonly string[] {
  return [
    ...hosts.map((name) => name.toLowerCase()),
    ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname]),
  ];
}
