import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ChorusError, type Logger, type UiLanguage } from '../../core/index.js';
import { limitKey, type Peer } from '../../platform/inbound/index.js';
import type { AdminPassword } from '../admin-password.js';
import type { AdminApi, Routes } from '../api.js';
import type { AdminGate } from '../gate.js';
import type { AdminSession, AdminSessions } from '../sessions.js';
import { wallMs } from '../shapes.js';
import type { SignInFrom, SignInLimit } from '../sign-in-limit.js';
import { resourceWords } from '../words/resources.js';

/** A longer password would only take time to hash. */
export const PASSWORD_MAX = 256;

export const signInRequest = z.strictObject({ password: z.string().min(1).max(PASSWORD_MAX) });

/** Tells the page about its session. Signing in returns the same shape. */
export const sessionAnswer = z.object({
  signedIn: z.boolean(),
  csrf: z
    .string()
    .optional()
    .meta({ description: 'For the header x-chorus-csrf of everything but GET. Only when signed in.' }),
  expiresAtMs: wallMs.optional(),
  passwordSet: z.boolean().meta({ description: 'False: nobody can sign in before `chorus admin password` was run.' }),
  passwordFixed: z
    .boolean()
    .meta({ description: 'The password comes from the configuration or CHORUS_ADMIN_PASSWORD, and is changed there.' }),
  language: z.enum(['zh', 'en']).meta({ description: 'By Accept-Language.' }),
  version: z.string().optional().meta({ description: 'Only when signed in.' }),
});
export type SessionAnswer = z.output<typeof sessionAnswer>;

export const changePasswordRequest = z.strictObject({
  current: z
    .string()
    .max(PASSWORD_MAX)
    .optional()
    .meta({ description: 'Needed from a browser; a command on the server itself needs none.' }),
  next: z.string().min(1).max(PASSWORD_MAX).meta({ description: 'At least 12 characters.' }),
});

export const sessionRoutes = {
  readSession: {
    method: 'GET',
    path: '/session',
    access: 'public',
    summary: 'Whether this browser is signed in.',
    answer: sessionAnswer,
  },
  signIn: {
    method: 'POST',
    path: '/session',
    access: 'public',
    summary: 'Signs in: sets the cookie chorus_session.',
    body: signInRequest,
    bodyBytes: 2048,
    answer: sessionAnswer,
  },
  signOut: {
    method: 'DELETE',
    path: '/session',
    summary: 'Signs out: the session is over on the server too, and so is the browser as a device.',
  },
  provePassword: {
    method: 'POST',
    path: '/session/proof',
    summary:
      'Shows the password again. For five minutes after it, or after signing in, a browser may roll out firmware ' +
      'and change where devices connect and which are let in; otherwise these answer 403 `admin.password_needed`.',
    body: signInRequest,
    bodyBytes: 2048,
  },
  changePassword: {
    method: 'POST',
    path: '/password',
    summary: 'Sets another password and ends every other session.',
    body: changePasswordRequest,
    bodyBytes: 4096,
  },
} as const satisfies Routes;

export interface SessionRouteOptions {
  readonly gate: AdminGate;
  readonly sessions: AdminSessions;
  readonly password: AdminPassword;
  readonly limit: SignInLimit;
  readonly peerOf: (request: FastifyRequest) => Peer;
  readonly version: string;
  readonly log: Logger;
}

export function registerSessionRoutes(api: AdminApi, options: SessionRouteOptions): void {
  const { gate, sessions, password, log } = options;
  const answer = (language: UiLanguage, session: AdminSession | undefined): SessionAnswer => ({
    signedIn: session !== undefined,
    ...(session && { csrf: session.csrf, expiresAtMs: session.expiresAtMs, version: options.version }),
    passwordSet: password.isSet,
    passwordFixed: password.fixed,
    language,
  });

  api.on(sessionRoutes.readSession, ({ language, principal }) =>
    answer(language, principal?.kind === 'browser' ? principal.session : undefined),
  );

  api.on(
    sessionRoutes.signIn,
    async ({ request, reply, host, principal, body, language }) => {
      await proveKnowledge(body.password, request, options);
      // The session of the old cookie ends, because somebody may have planted that cookie in this browser.
      if (principal?.kind === 'browser') sessions.close(principal.session.id);
      const { secret, session } = sessions.open();
      gate.setCookie(request, reply, host, secret);
      gate.rememberBrowser(request, reply, host);
      log.info('the admin signed in', { address: options.peerOf(request).address });
      return answer(language, session);
    },
    // Refuses before the body is parsed.
    (request) => refuseWhoWaits(options.limit.waitMs(...sourceOf(request, options))),
  );

  api.on(sessionRoutes.signOut, ({ request, reply, host, principal }) => {
    if (principal?.kind !== 'browser') return;
    sessions.close(principal.session.id);
    gate.setCookie(request, reply, host, undefined);
  });

  api.on(sessionRoutes.provePassword, async ({ request, principal, body }) => {
    await proveKnowledge(body.password, request, options);
    if (principal?.kind === 'browser') sessions.prove(principal.session.id);
  });

  api.on(sessionRoutes.changePassword, async ({ request, principal, body }) => {
    const session = principal?.kind === 'browser' ? principal.session : undefined;
    if (session) await proveKnowledge(body.current ?? '', request, options);
    await password.change(body.next);
    sessions.closeAllBut(session?.id);
    log.warn('the admin password was changed', {
      problem: 'admin.password_changed',
      by: principal?.kind,
      address: options.peerOf(request).address,
    });
  });
}

/** Errors: `auth.rate_limited`, `admin.wrong_password`. */
async function proveKnowledge(shown: string, request: FastifyRequest, options: SessionRouteOptions): Promise<void> {
  const { limit, password, log } = options;
  const source = sourceOf(request, options);
  refuseWhoWaits(limit.begin(...source));
  if (!(await password.matches(shown))) {
    log.warn('wrong password of the admin', { code: 'admin.wrong_password', address: options.peerOf(request).address });
    throw new ChorusError('admin.wrong_password', resourceWords.wrongPassword);
  }
  limit.succeeded(source[0]);
}

/** A known browser has its own limit, whatever its address. */
function sourceOf(request: FastifyRequest, { peerOf, gate }: SessionRouteOptions): readonly [string, SignInFrom] {
  const browser = gate.knownBrowser(request);
  if (browser !== undefined) return [`browser ${browser}`, 'known'];
  const { address, kind } = peerOf(request);
  return [limitKey(address), kind === 'loopback' || kind === 'own' || kind === 'private' ? 'near' : 'far'];
}

/** Error: `auth.rate_limited`. */
function refuseWhoWaits(waitMs: number): void {
  if (waitMs > 0)
    throw new ChorusError('auth.rate_limited', resourceWords.tooManyPasswords, {
      details: { retryAfterMs: waitMs },
    });
}
