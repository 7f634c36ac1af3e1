import { isIP } from 'node:net';

const HOST = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?\.?)(?::(\d{1,5}))?$/i;
/**
 * Names that nobody outside the local network can point to an address, because no public registry has them (RFC 6761,
 * 6762, 8375; .lan, .home and .internal by common use).
 */
const LOCAL_NAME = /(^|\.)(localhost|local|lan|home|internal|home\.arpa)$/;

/** The host from a valid `Host` header. `text` contains nothing that could break out of a header. */
export interface HostName {
  /** The header as it was sent, with the port, in lower case. */
  readonly text: string;
  /** Lower case, without port, brackets and final dot. */
  readonly name: string;
}

/** Undefined: the header is missing or is not a valid host. */
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
 * Whether no foreign web page can have this host name. Such a page could otherwise point its own name to this machine
 * (DNS rebinding). IP addresses, names without a dot, names of the local network and those in `known` are safe.
 * `known`: names from the configuration, in lower case.
 */
export function isOwnName({ name }: HostName, known: readonly string[]): boolean {
  return isIP(name) !== 0 || !name.includes('.') || LOCAL_NAME.test(name) || known.includes(name);
}

/** Host names from the configuration: `admin.hosts`, and the host of `server.public_url`. */
export function ownHostNames(hosts: readonly string[], publicUrl: string | undefined): readonly string[] {
  return [
    ...hosts.map((name) => name.toLowerCase()),
    ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname]),
  ];
}
