import { connect, type DetailedPeerCertificate } from 'node:tls';
import { isIP } from 'node:net';
import { type Clock, withTimeout } from '../../../core/index.js';

export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly selfSigned: boolean;
  /** True if the certificate contains the address of its issuer's certificate. Public authorities add the address. */
  readonly namesIssuer: boolean;
}

export interface TlsFacts {
  readonly host: string;
  readonly port: number;
  /** Code of the failed verification. Undefined if the chain is trusted and the name matches. */
  readonly error: string | undefined;
  /** The certificates in the order of the handshake, the server's own first. */
  readonly sent: readonly CertificateFacts[];
}

const LOOK_MS = 8000;
const CHAIN_MAX = 8;

/** Accepts invalid certificates. Undefined means that TLS is not possible. Rejects only with the signal's reason. */
export async function lookAtTls(
  host: string,
  port: number,
  authorities: string | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<TlsFacts | undefined> {
  const name = host.replace(/^\[|\]$/g, '');
  const look = (inner: AbortSignal): Promise<TlsFacts> =>
    new Promise((resolve, reject) => {
      const socket = connect({
        host: name,
        port,
        rejectUnauthorized: false,
        ...(isIP(name) === 0 && { servername: name }),
        ...(authorities !== undefined && { ca: authorities }),
      });
      inner.addEventListener('abort', () => socket.destroy(), { once: true });
      socket.once('error', reject);
      socket.once('secureConnect', () => {
        const sent = chainOf(socket.getPeerCertificate(true));
        // Node declares `authorizationError` as an Error, but it contains a code.
        const error = socket.authorized
          ? undefined
          : String((socket.authorizationError as { readonly code?: string } | null)?.code ?? socket.authorizationError);
        socket.destroy();
        resolve({ host: name, port, error, sent });
      });
    });
  return withTimeout(clock, LOOK_MS, signal, () => new Error('no TLS'), look).catch((error: unknown) => {
    if (signal.aborted) throw error;
    return undefined;
  });
}

function chainOf(first: DetailedPeerCertificate): CertificateFacts[] {
  const chain: CertificateFacts[] = [];
  // The chain ends at a root certificate, which is its own issuer, or where the server did not send the issuer.
  for (
    let at: DetailedPeerCertificate | undefined = first;
    at?.fingerprint256 !== undefined && chain.length < CHAIN_MAX;
  ) {
    const next: DetailedPeerCertificate | undefined = at.issuerCertificate;
    chain.push({
      subject: nameOf(at.subject),
      issuer: nameOf(at.issuer),
      fromMs: Date.parse(at.valid_from),
      toMs: Date.parse(at.valid_to),
      selfSigned: nameOf(at.subject) === nameOf(at.issuer),
      namesIssuer: at.infoAccess?.['CA Issuers - URI'] !== undefined,
    });
    if (next === undefined || next.fingerprint256 === at.fingerprint256) break;
    at = next;
  }
  return chain;
}

function nameOf(name: { readonly CN?: string | string[]; readonly O?: string | string[] }): string {
  const text = name.CN ?? name.O ?? JSON.stringify(name);
  return typeof text === 'string' ? text : text.join(', ');
}
