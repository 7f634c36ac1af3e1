import { DAY_MS } from '../../../../core/index.js';
import { type Finding, found } from '../../finding.js';
import type { TlsFacts } from '../../probe/tls-look.js';
import { REACH } from './issues.js';
import { reachWords } from '../../words/reach.js';

/** Let's Encrypt certificates are renewed 30 days before they expire, so with 14 days left the renewal has failed. */
const SOON_DAYS = 14;
const UNKNOWN_ISSUER = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
]);

export function judgeTls({ host, port, error, sent }: TlsFacts, wallMs: number): readonly Finding[] {
  const [own] = sent;
  if (own === undefined) return [];
  const place = `${host}:${port}`;
  const findings: Finding[] = [];
  const bad = sent.find(({ fromMs, toMs }) => wallMs > toMs || wallMs < fromMs);
  if (bad)
    findings.push(found(REACH.tls_expired, reachWords.validity(place, bad.subject, date(bad.fromMs), date(bad.toMs))));
  else if (own.toMs - wallMs < SOON_DAYS * DAY_MS)
    findings.push(found(REACH.tls_soon, reachWords.endsOn(place, date(own.toMs))));
  if (own.selfSigned && error !== undefined)
    findings.push(found(REACH.tls_self_signed, reachWords.selfSigned(place, own.subject)));
  else if (error === 'ERR_TLS_CERT_ALTNAME_INVALID')
    findings.push(found(REACH.tls_name, reachWords.otherName(place, own.subject)));
  else if (error !== undefined && UNKNOWN_ISSUER.has(error)) {
    // Public authorities put the address of their own certificate into the certificates that they issue. Without the
    // address, the authority may be private.
    const incomplete = sent.length === 1;
    findings.push(
      incomplete
        ? found(
            REACH.tls_incomplete,
            reachWords.incomplete(place, own.subject, own.issuer),
            own.namesIssuer ? {} : { cause: reachWords.incompleteOrPrivate },
          )
        : found(REACH.tls_private, reachWords.issuedBy(place, sent.at(-1)?.issuer)),
    );
  } else if (error !== undefined && findings.length === 0)
    findings.push(found(REACH.tls_private, reachWords.tlsFailed(place, error)));
  return findings;
}

const date = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
