import { type Issue, type Finding, found } from '../../finding.js';
import type { HttpOutcome } from '../../probe/http-outcome.js';
import { REACH } from './issues.js';
import { reachWords } from '../../words/reach.js';

const NAME = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'ENODATA']);
const TIMEOUT = new Set(['TIMEOUT', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN']);
/** The codes with which TLS rejects a certificate. */
export const isCertificateError = (code: string): boolean => /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/.test(code);

/** Returns undefined for a certificate error, because `judgeTls` reports it. */
export function connectionIssue(code: string): Issue | undefined {
  if (isCertificateError(code)) return undefined;
  if (NAME.has(code)) return REACH.name;
  if (TIMEOUT.has(code)) return REACH.timeout;
  return code === 'ECONNREFUSED' ? REACH.refused : REACH.cut;
}

/** `understood` means that the body is an OTA answer. */
export function judgeOta(url: string, outcome: HttpOutcome, understood: boolean): readonly Finding[] {
  if (outcome.kind === 'error') {
    const issue = connectionIssue(outcome.code);
    return issue === undefined ? [] : [found(issue, reachWords.unreachable(url, outcome.detail, outcome.code))];
  }
  const { status, location, contentType, body } = outcome;
  const what = reachWords.answered(url, status, contentType);
  if (status >= 300 && status < 400) {
    const to = location === undefined ? '?' : absolute(location, url);
    return [
      found(
        REACH.redirect,
        reachWords.redirects(url, to, status),
        location === undefined
          ? {}
          : {
              remedy: reachWords.useTarget(to),
            },
      ),
    ];
  }
  if (status === 503 && /public_url/.test(body)) return [found(REACH.no_address, what)];
  if (status === 502 || status === 503 || status === 504) return [found(REACH.gateway, what)];
  if (status === 401 || status === 403 || status === 407) return [found(REACH.locked, what)];
  return understood ? [] : [found(REACH.not_ota, what)];
}

const absolute = (location: string, base: string): string =>
  URL.canParse(location, base) ? new URL(location, base).href : location;
