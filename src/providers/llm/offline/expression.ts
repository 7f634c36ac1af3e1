export type Operator = '+' | '-' | '*' | '/' | '^';
export type Suffix = 'squared' | 'cubed' | 'percent';

export type MathToken =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'operator'; readonly operator: Operator }
  /** Follows its operand. */
  | { readonly kind: 'suffix'; readonly suffix: Suffix }
  /** Precedes its operand: "the square root of", 根号. */
  | { readonly kind: 'root' }
  | { readonly kind: 'open' }
  | { readonly kind: 'close' };

const POWER: Readonly<Record<Operator, number>> = { '+': 1, '-': 1, '*': 2, '/': 2, '^': 4 };
const SYMBOLS: Readonly<Record<string, MathToken>> = {
  '²': { kind: 'suffix', suffix: 'squared' },
  '³': { kind: 'suffix', suffix: 'cubed' },
  '%': { kind: 'suffix', suffix: 'percent' },
  '√': { kind: 'root' },
  '(': { kind: 'open' },
  ')': { kind: 'close' },
};

/** `symbols` are separated by spaces, for example `( 2 / 3 )`. */
export function tokensOf(symbols: string): readonly MathToken[] {
  return symbols
    .split(' ')
    .filter((symbol) => symbol !== '')
    .map((symbol) => {
      if (symbol in POWER) return { kind: 'operator', operator: symbol as Operator };
      return SYMBOLS[symbol] ?? { kind: 'number', value: Number(symbol) };
    });
}

export type Calculated =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly why: 'divided_by_zero' | 'no_real_value' | 'too_large' };

/** Nobody speaks a longer sum. The limit also bounds the recursion. */
const MAX_TOKENS = 64;
/** A larger number is inexact, and nobody can follow it by ear. */
const MAX_VALUE = 1e15;
const UNARY_MINUS_POWER = 3;

/** Returns undefined if the tokens are not one complete expression with at least one operation. */
export function calculate(tokens: readonly MathToken[]): Calculated | undefined {
  if (tokens.length === 0 || tokens.length > MAX_TOKENS) return undefined;
  const isOperation = ({ kind }: MathToken, index: number): boolean =>
    kind === 'root' || kind === 'suffix' || (kind === 'operator' && index > 0);
  if (!tokens.some(isOperation)) return undefined;
  const parser = new Parser(tokens);
  const value = parser.expression(0);
  if (value === undefined || !parser.atEnd) return undefined;
  if (Number.isNaN(value)) return { ok: false, why: parser.dividedByZero ? 'divided_by_zero' : 'no_real_value' };
  if (Math.abs(value) > MAX_VALUE) return { ok: false, why: parser.dividedByZero ? 'divided_by_zero' : 'too_large' };
  // Rounding to twelve digits hides binary fractions such as 0.1 + 0.2, and keeps every integer that people ask for.
  return { ok: true, value: Number.isSafeInteger(value) ? value : Number(value.toPrecision(12)) };
}

/** Parses by precedence climbing. */
class Parser {
  #at = 0;
  dividedByZero = false;

  constructor(private readonly tokens: readonly MathToken[]) {}

  get atEnd(): boolean {
    return this.#at >= this.tokens.length;
  }

  expression(minPower: number): number | undefined {
    let left = this.#operand();
    while (left !== undefined) {
      const token = this.tokens[this.#at];
      if (token?.kind !== 'operator' || POWER[token.operator] <= minPower) return left;
      this.#at += 1;
      // Powers associate to the right, all other operators to the left.
      const right = this.expression(token.operator === '^' ? POWER['^'] - 1 : POWER[token.operator]);
      left = right === undefined ? undefined : this.#apply(token.operator, left, right);
    }
    return undefined;
  }

  #operand(): number | undefined {
    const token = this.tokens[this.#at];
    this.#at += 1;
    switch (token?.kind) {
      case 'number':
        return this.#suffixes(token.value);
      case 'operator': {
        if (token.operator !== '-') return undefined;
        const value = this.expression(UNARY_MINUS_POWER);
        return value === undefined ? undefined : -value;
      }
      case 'root': {
        const value = this.#operand();
        return value === undefined ? undefined : Math.sqrt(value);
      }
      case 'open': {
        const value = this.expression(0);
        if (value === undefined || this.tokens[this.#at]?.kind !== 'close') return undefined;
        this.#at += 1;
        return this.#suffixes(value);
      }
      default:
        return undefined;
    }
  }

  #suffixes(start: number): number {
    let value = start;
    for (;;) {
      const token = this.tokens[this.#at];
      if (token?.kind !== 'suffix') return value;
      this.#at += 1;
      if (token.suffix === 'squared') value **= 2;
      else if (token.suffix === 'cubed') value **= 3;
      else value /= 100;
    }
  }

  #apply(operator: Operator, left: number, right: number): number {
    switch (operator) {
      case '+':
        return left + right;
      case '-':
        return left - right;
      case '*':
        return left * right;
      case '/':
        if (right === 0) this.dividedByZero = true;
        return right === 0 ? NaN : left / right;
      default:
        return left ** right;
    }
  }
}
