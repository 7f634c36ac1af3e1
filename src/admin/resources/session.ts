import type { FastifyRequest } from 'fastify';
import { ChorusError, type Logger, type UiLanguage } from '../../core/index.js';
import { limitKey, type Peer } from '../../platform/inbound/peers.js';
import type { AdminPassword } from '../admin-password.js';
import type { AdminApi } from '../api.js';
import { ADMIN_API } from '../contract.js';
import type { AdminGate } from '../gate.js';
import type { SessionAnswer } from '../schemas.js';
import type { AdminSession, AdminSessions } from '../sessions.js';
import type { SignInLimit } from '../sign-in-limit.js';

export interface SessionRouteOptions {
  readonly gate: AdminGate;
  readonly sessions: AdminSessions;
  readonly password: AdminPassword;
  readonly limit: SignInLimit;
  readonly peerOf: (request: FastifyRequest) => Peer;
  readonly version: string;
  readonly log: Logger;
}

/** Signing in and out, and the password. */
export function registerSessionRoutes(api: AdminApi, options: SessionRouteOptions): void {
  const { gate, sessions, password, log } = options;
  const answer = (language: UiLanguage, session: AdminSession | undefined): SessionAnswer => ({
    signedIn: session !== undefined,
    ...(session && { csrf: session.csrf, expiresAtMs: session.expiresAtMs, version: options.version }),
    passwordSet: password.isSet,
    passwordFixed: password.fixed,
    language,
  });

  api.on(ADMIN_API.readSession, ({ language, principal }) =>
    answer(language, principal?.kind === 'browser' ? principal.session : undefined),
  );

  api.on(ADMIN_API.signIn, async ({ request, reply, host, principal, body, language }) => {
    await proveKnowledge(body.password, request, options);
    // Always a new session, so that a cookie planted in this browser is worthless.
    if (principal?.kind === 'browser') sessions.close(principal.session.id);
    const { secret, session } = sessions.open();
    gate.setCookie(request, reply, host, secret);
    log.info('the admin signed in', { address: options.peerOf(request).address });
    return answer(language, session);
  });

  api.on(ADMIN_API.signOut, ({ request, reply, host, principal }) => {
    if (principal?.kind !== 'browser') return;
    sessions.close(principal.session.id);
    gate.setCookie(request, reply, host, undefined);
  });

  api.on(ADMIN_API.changePassword, async ({ request, principal, body }) => {
    const session = principal?.kind === 'browser' ? principal.session : undefined;
    if (session) await proveKnowledge(body.current ?? '', request, options);
    await password.change(body.next);
    sessions.closeAllBut(session?.id);
    log.info('the admin password was changed', { by: principal?.kind });
  });
}

/** Errors: `auth.rate_limited`, `admin.wrong_password`. */
async function proveKnowledge(
  shown: string,
  request: FastifyRequest,
  { limit, password, peerOf, log }: SessionRouteOptions,
): Promise<void> {
  const { address } = peerOf(request);
  const source = limitKey(address);
  const waitMs = limit.begin(source);
  if (waitMs > 0)
    throw new ChorusError('auth.rate_limited', 'too many wrong passwords; wait a little', {
      details: { retryAfterMs: waitMs },
    });
  if (!(await password.matches(shown))) {
    log.warn('wrong password of the admin', { code: 'admin.wrong_password', address });
    throw new ChorusError('admin.wrong_password', 'the password is wrong');
  }
  limit.succeeded(source);
}
