/**
 * Parses the syntax that the documents use in `sh` blocks: words, quotes, comments, operators, redirections, continued
 * lines.
 */

export interface ShellCommand {
  /** Each `NAME=value` before the program. */
  readonly assignments: readonly string[];
  readonly words: readonly string[];
  /** File names after `>` and `<`. */
  readonly redirections: readonly string[];
}

type Token = { readonly kind: 'word'; readonly text: string } | { readonly kind: 'operator'; readonly text: string };

/** Matches a here-document: `<<'END'`, the rest of that line, and all lines until `END`. */
const HERE_DOCUMENT = /<<-?'?(\w+)'?([^\n]*)\n[^]*?\n\1(?=\n|$)/g;

/** Parses the commands of a block. Throws if a quotation is not closed. */
export function parseShell(body: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: string[] = [];
  let redirections: string[] = [];
  let redirecting = false;
  const finish = (): void => {
    if (words.length > 0) {
      const program = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
      commands.push({
        assignments: words.slice(0, program === -1 ? words.length : program),
        words: program === -1 ? [] : words.slice(program),
        redirections,
      });
    }
    words = [];
    redirections = [];
    redirecting = false;
  };
  for (const token of tokens(body.replaceAll('\\\n', ' ').replaceAll(HERE_DOCUMENT, '$2'))) {
    if (token.kind === 'operator') {
      if (/^\d?[<>]/.test(token.text)) redirecting = !token.text.includes('&');
      else finish();
    } else if (redirecting) {
      redirections.push(token.text);
      redirecting = false;
    } else words.push(token.text);
  }
  finish();
  return commands;
}

function* tokens(text: string): Generator<Token> {
  const kinds = [
    /(\s*\n)/,
    /[ \t]+/,
    /(#.*)/,
    /(\d?(?:>>?|<)(?:&\d)?|&&|\|\|?|;)/,
    /((?:[^\s'"\\|&;<>#]|\\.|'[^']*'|"(?:[^"\\]|\\.)*"|(?<=\S)#)+)/,
  ];
  const pattern = new RegExp(kinds.map(({ source }) => source).join('|'), 'gy');
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    at = match.index + match[0].length;
    const [, newline, , operator, word] = match;
    if (newline !== undefined) yield { kind: 'operator', text: ';' };
    if (operator !== undefined) yield { kind: 'operator', text: operator };
    if (word !== undefined) yield { kind: 'word', text: unquote(word) };
  }
  if (at !== text.length) throw new Error(`not understood: ${text.slice(at, at + 60)}`);
}

const unquote = (word: string): string =>
  word.replaceAll(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g,
    (_all, single: string | undefined, double: string | undefined, one: string | undefined) =>
      single ?? double ?? one ?? '',
  );
