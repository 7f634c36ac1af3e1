import { createHmac, randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ChorusError } from '../core/index.js';
import { headerText, type Peer, sameSecret } from '../platform/inbound/index.js';
import { isOwnName, ownHostNames, parseHost, type HostName } from './host-names.js';
import { isCsrf, SESSION_LONGEST_MS, type AdminSession, type AdminSessions } from './sessions.js';
import { gateWords } from './words/gate.js';

/** A command on this machine that can read the data folder, or a signed-in browser. */
export type Principal = { readonly kind: 'local' } | { readonly kind: 'browser'; readonly session: AdminSession };

export interface GateOptions {
  readonly sessions: AdminSessions;
  /** The secret of the data folder. */
  readonly localToken: string;
  readonly peerOf: (request: FastifyRequest) => Peer;
  /** `server.public_url`. */
  readonly publicUrl: () => string | undefined;
  /** `admin.hosts`. */
  readonly hosts: () => readonly string[];
}

export const SESSION_COOKIE = 'chorus_session';
/** Browsers accept a cookie with this prefix only over https and only from this host. */
const SECURE_PREFIX = '__Host-';
/** Marks a browser in which somebody has signed in before. The cookie gives no access. */
const BROWSER_COOKIE = 'chorus_browser';
const BROWSER_LIFETIME_S = 365 * 24 * 3600;
const BROWSER = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;
export const CSRF_HEADER = 'x-chorus-csrf';

/** Identifies the sender of a request before its body is read. */
export class AdminGate {
  constructor(private readonly options: GateOptions) {}

  /**
   * The principal is undefined only on a `public` route. Call this again after each wait, because the session may have
   * ended meanwhile. Errors: `admin.wrong_host`, `admin.not_signed_in`, `admin.cross_site`.
   */
  admit(request: FastifyRequest): { readonly host: HostName; readonly principal: Principal | undefined } {
    const host = this.host(request);
    const principal = this.principal(request, host);
    if (principal === undefined) {
      if (request.routeOptions.config.adminAccess !== 'public')
        throw new ChorusError('admin.not_signed_in', gateWords.notSignedIn);
      this.sameOrigin(request, host);
    }
    return { host, principal };
  }

  /** Error: `admin.wrong_host`. */
  host(request: FastifyRequest): HostName {
    const host = parseHost(this.#hostHeader(request));
    if (host && isOwnName(host, this.#ownNames())) return host;
    throw new ChorusError('admin.wrong_host', 'this server does not know the name by which it was asked', {
      details: { host: host?.name ?? '' },
    });
  }

  /**
   * Undefined if the request has neither an authorization header nor the cookie of an open session. Errors:
   * `admin.not_signed_in` if the header is wrong, `admin.cross_site`.
   */
  principal(request: FastifyRequest, host: HostName): Principal | undefined {
    const { authorization } = request.headers;
    if (authorization !== undefined) return this.#local(request, authorization);
    const session = this.options.sessions.find(cookieOf(request, this.#cookieName(request, host, SESSION_COOKIE)));
    if (!session) return undefined;
    this.sameOrigin(request, host);
    if (!isReading(request) && !isCsrf(session, headerText(request.headers[CSRF_HEADER]))) {
      throw new ChorusError('admin.cross_site', gateWords.noCsrf(CSRF_HEADER));
    }
    return { kind: 'browser', session };
  }

  /**
   * Refuses requests from pages of another origin. SameSite is not enough, because cookies ignore the port. Error:
   * `admin.cross_site`.
   */
  sameOrigin(request: FastifyRequest, host: HostName): void {
    const { origin } = request.headers;
    const site = headerText(request.headers['sec-fetch-site']);
    const foreignSite = site !== undefined && site !== 'same-origin' && !(site === 'none' && isReading(request));
    if (
      !foreignSite &&
      (origin === undefined ||
        origin === `http://${host.text}` ||
        origin === `https://${host.text}` ||
        this.#isPublic(origin))
    )
      return;
    throw new ChorusError('admin.cross_site', gateWords.otherPage);
  }

  /** Trusts a proxy's header, or else the configured public address. */
  isSecure(request: FastifyRequest, host: HostName): boolean {
    const peer = this.options.peerOf(request);
    if (peer.viaTrustedProxy && headerText(request.headers['x-forwarded-proto']) === 'https') return true;
    const publicUrl = this.#publicUrl();
    return (
      publicUrl?.protocol === 'https:' &&
      publicUrl.hostname === host.name &&
      headerText(request.headers['x-forwarded-proto']) !== 'http'
    );
  }

  /** Deletes the cookie if `secret` is undefined. */
  setCookie(request: FastifyRequest, reply: FastifyReply, host: HostName, secret: string | undefined): void {
    this.#setCookie(request, reply, host, [SESSION_COOKIE, secret ?? '', secret ? SESSION_LONGEST_MS / 1000 : 0]);
  }

  /** Marks the browser, so that other people's wrong guesses do not block its sign-in. */
  rememberBrowser(request: FastifyRequest, reply: FastifyReply, host: HostName): void {
    if (this.knownBrowser(request) !== undefined) return;
    const name = randomBytes(16).toString('base64url');
    this.#setCookie(request, reply, host, [BROWSER_COOKIE, `${name}.${this.#sealOf(name)}`, BROWSER_LIFETIME_S]);
  }

  /**
   * The name from {@link rememberBrowser}. Undefined if nobody has signed in with this browser. Error:
   * `admin.wrong_host`.
   */
  knownBrowser(request: FastifyRequest): string | undefined {
    const shown = cookieOf(request, this.#cookieName(request, this.host(request), BROWSER_COOKIE));
    const [, name, seal] = BROWSER.exec(shown ?? '') ?? [];
    return name !== undefined && seal !== undefined && sameSecret(seal, this.#sealOf(name)) ? name : undefined;
  }

  #sealOf(browser: string): string {
    return createHmac('sha256', this.options.localToken).update(`${BROWSER_COOKIE} ${browser}`).digest('base64url');
  }

  #setCookie(
    request: FastifyRequest,
    reply: FastifyReply,
    host: HostName,
    [name, value, lifetimeS]: readonly [string, string, number],
  ): void {
    const secure = this.isSecure(request, host) ? '; Secure' : '';
    void reply.header(
      'set-cookie',
      `${this.#cookieName(request, host, name)}=${value}; HttpOnly; SameSite=Strict; Path=/; ` +
        `Max-Age=${lifetimeS}${secure}`,
    );
  }

  #cookieName(request: FastifyRequest, host: HostName, name: string): string {
    return this.isSecure(request, host) ? `${SECURE_PREFIX}${name}` : name;
  }

  #local(request: FastifyRequest, authorization: string): Principal {
    const token = /^Bearer ([A-Za-z0-9_-]{43})$/i.exec(authorization)?.[1];
    const { kind, forwarded } = this.options.peerOf(request);
    const here = (kind === 'loopback' || kind === 'own') && !forwarded;
    if (token !== undefined && sameSecret(token, this.options.localToken) && here) return { kind: 'local' };
    throw new ChorusError('admin.not_signed_in', gateWords.wrongLocalToken);
  }

  #hostHeader(request: FastifyRequest): string | undefined {
    const forwarded = this.options.peerOf(request).viaTrustedProxy
      ? headerText(request.headers['x-forwarded-host'])
      : undefined;
    return forwarded ?? request.headers.host;
  }

  #ownNames(): readonly string[] {
    return ownHostNames(this.options.hosts(), this.options.publicUrl());
  }

  #isPublic(origin: string): boolean {
    const url = this.#publicUrl();
    return url !== undefined && origin === url.origin;
  }

  #publicUrl(): URL | undefined {
    const text = this.options.publicUrl();
    return text === undefined ? undefined : new URL(text);
  }
}

/**
 * Refuses a browser in which the password was not entered recently, so that a stolen session cannot take over devices.
 * Commands on the server need no password, because they can read the data folder. Error: `admin.password_needed`.
 */
export function requireProof(principal: Principal | undefined): void {
  if (principal?.kind === 'browser' && !principal.session.proven)
    throw new ChorusError('admin.password_needed', gateWords.passwordAgain);
}

function isReading({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Undefined if the cookie occurs twice, because one of the two may have been planted. */
function cookieOf(request: FastifyRequest, wanted: string): string | undefined {
  const values = (request.headers.cookie ?? '').split(';').flatMap((part) => {
    const [name, ...value] = part.trim().split('=');
    return name === wanted ? [value.join('=')] : [];
  });
  return values.length === 1 ? values[0] : undefined;
}
