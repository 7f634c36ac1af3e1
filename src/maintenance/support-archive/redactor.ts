import { isSecretKey } from '../../platform/telemetry/index.js';
import { TURN_FIELD_LIST } from '../../records/index.js';

const GONE = '[redacted]';
/** A shorter secret could be an ordinary word, so it is removed only where its key indicates a secret. */
const SECRET_LEAST_CHARS = 4;
const DEPTH_MAX = 24;

const PERSONAL_FIELDS = TURN_FIELD_LIST.flatMap(([name, { pii }]) => (pii === true ? [name] : []));
/** Keys for spoken words, for names of people, and for descriptions of people that the model gets. */
const SPOKEN_KEY = new RegExp(
  `^(pii.*|${PERSONAL_FIELDS.join('|')}|text|said|heard|transcript|reply|answer|sentence|sentences_text|prompt|` +
    'corrections|displayText|spoken|userWords)$',
  'i',
);
/** Six digits under one of these keys are a pairing code. */
const CODE_KEY = /^(code|pairing_?code)$/i;

const SECRET_NAMES = 'api[-_]?key|access[-_]?key|token|secret|passwo?r?d|pwd|signature|sig|authorization|cookie';

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // user:password@ in any address, database addresses included.
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/@"'<>]*@/gi, `$1${GONE}@`],
  [/\b(Bearer|Basic)\s+[^\s"',;]+/gi, `$1 ${GONE}`],
  [/\beyJ[\w-]{8,}\.[\w-]+(\.[\w-]*)?/g, GONE],
  // Parameters and assignments whose name indicates a secret: ?api_key=..., token: ..., "password":"...".
  [new RegExp(`((?:${SECRET_NAMES})["']?\\s*[=:]\\s*["']?)(?!\\[redacted\\])[^\\s"'&,;}]+`, 'gi'), `$1${GONE}`],
  // Keys of most services begin with a word and a dash. GLM's keys are hex digits, a dot and letters.
  [/\b(?:(?:sk|pk|rk|ak|ghp|gho|glpat|xox[abp]|hf|npm)[-_]|AIza|AKIA)[A-Za-z0-9_-]{8,}/g, GONE],
  [/\b[0-9a-f]{32}\.[A-Za-z0-9]{8,}\b/g, GONE],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, GONE],
  // A UUID can be a key, or the Client-Id that authenticates a device.
  [/\b([0-9a-f]{4})[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '$1…'],
  [/\b[0-9a-f]{2}([:-])[0-9a-f]{2}\1[0-9a-f]{2}\1[0-9a-f]{2}\1([0-9a-f]{2}\1[0-9a-f]{2})\b/gi, '…$1$2'],
  // Other long random strings: tokens, signatures, hashes. Names that Chorus uses do not match.
  [/\b(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{24,}\b={0,2}/g, GONE],
  [/\b(?=[\w-]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{40,}={0,2}/g, GONE],
];

/** Removes secrets, also encoded ones that it knows. From data it also removes spoken words and names of people. */
export class Redactor {
  readonly #known: readonly string[];

  constructor(secrets: Iterable<string>) {
    const forms = new Set<string>();
    for (const secret of secrets) {
      if (secret.length < SECRET_LEAST_CHARS) continue;
      const encoded = Buffer.from(secret, 'utf8');
      for (const form of [
        secret,
        encodeURIComponent(secret),
        JSON.stringify(secret).slice(1, -1),
        encoded.toString('base64').replace(/=+$/, ''),
        encoded.toString('base64url'),
        encoded.toString('hex'),
      ])
        forms.add(form);
    }
    // Longer forms come first, because a short form can be a part of a long one.
    this.#known = [...forms].sort((a, b) => b.length - a.length);
  }

  text(text: string): string {
    let clean = text;
    for (const secret of this.#known) if (clean.includes(secret)) clean = clean.replaceAll(secret, GONE);
    for (const [pattern, instead] of PATTERNS) clean = clean.replace(pattern, instead);
    return clean;
  }

  /** The value must be serialisable as JSON. */
  data(value: unknown): unknown {
    return this.#value(value, '', 0);
  }

  /**
   * Redacts a line of a log. A truncated JSON line is left out, because half a secret cannot be recognised. Without
   * their key, spoken words cannot be recognised either.
   */
  line(line: string): string {
    if (!line.startsWith('{')) return this.text(line);
    try {
      return JSON.stringify(this.data(JSON.parse(line)));
    } catch {
      return `[a cut line of ${line.length} characters]`;
    }
  }

  #value(value: unknown, key: string, depth: number): unknown {
    if (value === undefined || value === null || typeof value === 'boolean') return value;
    if (isSecretKey(key)) return GONE;
    if (SPOKEN_KEY.test(key) && (typeof value === 'string' || (typeof value === 'object' && !isOurWords(value))))
      return `[${JSON.stringify(value).length} characters]`;
    if (CODE_KEY.test(key) && (typeof value === 'number' || typeof value === 'string') && /^\d{6}$/.test(String(value)))
      return GONE;
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object') return value;
    if (depth >= DEPTH_MAX) return '[deeper]';
    if (Array.isArray(value)) return value.map((item) => this.#value(item, '', depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [this.text(name), this.#value(member, name, depth + 1)]),
    );
  }
}

/** Every text of Chorus has both languages. */
function isOurWords(value: object): boolean {
  return 'en' in value && 'zh' in value;
}

/** Returns values of variables whose name indicates a secret, and passwords in addresses in any variable. */
export function secretsOfEnvironment(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined || value === '') return [];
    return [
      ...(/KEY|TOKEN|SECRET|PASSW|PWD|AUTH|CREDENTIAL|HEADERS/i.test(name) && !/^(SSH_AUTH_SOCK|XAUTHORITY)$/.test(name)
        ? [value]
        : []),
      ...passwordsOf(value),
    ];
  });
}

/** The password of an address, as it is written and decoded, because programs log both. */
export function passwordsOf(text: string): readonly string[] {
  const written = /^[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:([^\s/@]+)@/i.exec(text)?.[1];
  return written === undefined ? [] : [...new Set([written, decoded(written)])];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
