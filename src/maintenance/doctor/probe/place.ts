import { isIP } from 'node:net';

/** Where an address can be reached from. `container` is a network of a container engine. */
export type NetworkPlace = 'loopback' | 'nowhere' | 'container' | 'private' | 'public' | 'name';

/** Judges only the address. Names are not resolved. */
export function placeOf(host: string): NetworkPlace {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1' || name.startsWith('127.'))
    return 'loopback';
  if (name === '0.0.0.0' || name === '::') return 'nowhere';
  if (isIP(name) === 0)
    return /^(host\.docker\.internal|host\.containers\.internal|chorus)$/.test(name) ? 'container' : 'name';
  // Docker uses 172.17.0.0/16 by default, and up to 172.31. Podman uses 10.88 and 10.89, Flannel of Kubernetes 10.244.
  if (/^172\.(1[7-9]|2\d|3[01])\./.test(name) || /^10\.(88|89|244)\./.test(name)) return 'container';
  if (/^(10\.|192\.168\.|172\.16\.|169\.254\.)/.test(name) || /^f[cd]|^fe[89ab]/.test(name)) return 'private';
  return 'public';
}
