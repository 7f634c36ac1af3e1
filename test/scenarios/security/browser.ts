import { http, PASSWORD, type Harness, type HttpAnswer, type HttpCall } from '../conformance/harness.js';

/** What a browser keeps and sends: its cookies, the page's CSRF token, and the page's origin. */
export class Browser {
  cookie: string | undefined;
  /** Value of the cookie that marks a browser in which somebody has signed in before. */
  known: string | undefined;
  csrf: string | undefined;

  constructor(
    private readonly harness: Pick<Harness, 'port'>,
    /** The address under which the page was opened. The page's requests have this origin. */
    readonly host = `127.0.0.1:${harness.port}`,
    private readonly from?: string,
  ) {}

  /** Sends a request as the page does. `headers` override those of the browser; an empty text removes a header. */
  async ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<HttpAnswer> {
    const own: Record<string, string> = {
      host: this.host,
      origin: `http://${this.host}`,
      'sec-fetch-site': 'same-origin',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...((this.cookie ?? this.known) !== undefined && {
        cookie: [this.cookie, this.known].filter((one) => one !== undefined).join('; '),
      }),
      ...(this.csrf !== undefined && { 'x-chorus-csrf': this.csrf }),
      ...headers,
    };
    const call: HttpCall = {
      method,
      path,
      headers: Object.fromEntries(Object.entries(own).filter(([, value]) => value !== '')),
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(this.from !== undefined && { from: this.from }),
    };
    const answer = await http(this.harness, call);
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [pair = ''] = line.split(';', 1);
      if (/^(__Host-)?chorus_browser=/.test(pair)) this.known = pair;
      else this.cookie = /Max-Age=0(;|$)/.test(line) ? undefined : pair;
    }
    return answer;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    return this.ask('GET', path, undefined, headers);
  }

  async signIn(password: string = PASSWORD, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    const answer = await this.ask('POST', '/api/v1/session', { password }, headers);
    if (answer.status === 200) this.csrf = String(answer.json['csrf']);
    return answer;
  }
}

export function codeOf(answer: HttpAnswer): string | undefined {
  const { error } = answer.json as { readonly error?: { readonly code?: string } };
  return error?.code;
}
