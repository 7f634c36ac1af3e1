import { both, DAY_MS } from '../../../../core/index.js';
import { type Finding, found } from '../../finding.js';
import type { TlsFacts } from '../../probe/tls-look.js';
import { REACH } from './issues.js';

/** Let's Encrypt certificates are renewed 30 days before they expire. */
const SOON_DAYS = 14;
const UNKNOWN_ISSUER = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
]);

/** Judges the certificates as a device would. Pure. */
export function judgeTls({ host, port, error, sent }: TlsFacts, wallMs: number): readonly Finding[] {
  const [own] = sent;
  if (own === undefined) return [];
  const place = `${host}:${port}`;
  const findings: Finding[] = [];
  const bad = sent.find(({ fromMs, toMs }) => wallMs > toMs || wallMs < fromMs);
  if (bad)
    findings.push(
      found(
        REACH.tls_expired,
        both(
          `${place}: the certificate of ${bad.subject} is valid from ${date(bad.fromMs)} to ${date(bad.toMs)}.`,
          `${place}：${bad.subject} 的证书有效期为 ${date(bad.fromMs)} 至 ${date(bad.toMs)}。`,
        ),
      ),
    );
  else if (own.toMs - wallMs < SOON_DAYS * DAY_MS)
    findings.push(
      found(REACH.tls_soon, both(`${place}: it ends on ${date(own.toMs)}.`, `${place}：${date(own.toMs)} 到期。`)),
    );
  if (own.selfSigned && error !== undefined)
    findings.push(
      found(
        REACH.tls_self_signed,
        both(`${place}: ${own.subject} is its own issuer.`, `${place}：${own.subject} 是自己签发的。`),
      ),
    );
  else if (error === 'ERR_TLS_CERT_ALTNAME_INVALID')
    findings.push(
      found(
        REACH.tls_name,
        both(`${place}: the certificate is for ${own.subject}.`, `${place}：证书属于 ${own.subject}。`),
      ),
    );
  else if (error !== undefined && UNKNOWN_ISSUER.has(error)) {
    // A certificate of a public authority names the address of the issuer's certificate; one of a private authority
    // does not.
    const incomplete = sent.length === 1;
    findings.push(
      incomplete
        ? found(
            REACH.tls_incomplete,
            both(
              `${place}: only the certificate of ${own.subject} was sent; that of its issuer ${own.issuer} is missing.`,
              `${place}：只发了 ${own.subject} 的证书，缺少签发者 ${own.issuer} 的。`,
            ),
            own.namesIssuer ? {} : { cause: BOTH_CAUSES },
          )
        : found(
            REACH.tls_private,
            both(
              `${place}: issued by ${sent.at(-1)?.issuer ?? '?'}.`,
              `${place}：由 ${sent.at(-1)?.issuer ?? '?'} 签发。`,
            ),
          ),
    );
  } else if (error !== undefined && findings.length === 0)
    findings.push(found(REACH.tls_private, both(`${place}: ${error}.`, `${place}：${error}。`)));
  return findings;
}

const date = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

const BOTH_CAUSES = both(
  'The server sends its own certificate without that of its issuer (browsers fetch it, devices do not), ' +
    'or the issuer is a private authority.',
  '服务器只发了自己的证书，没有发签发者的（浏览器会自己去取，设备不会），或签发者是私有机构。',
);
