import { HOUR_MS } from '../../core/index.js';
import type { Spending, SpendingUnit } from '../../platform/store/index.js';

/** Prices by service, from the configuration. A service that is not listed has no known price. */
export type Prices = Readonly<Record<string, { readonly [Unit in PriceUnit]?: number | undefined }>>;

export type PriceUnit = 'thousand_characters' | 'hour' | 'million_input_tokens' | 'million_output_tokens';

const UNIT_PRICES: Readonly<Record<SpendingUnit, readonly [PriceUnit, number]>> = {
  characters: ['thousand_characters', 1e3],
  audio_ms: ['hour', HOUR_MS],
  input_tokens: ['million_input_tokens', 1e6],
  output_tokens: ['million_output_tokens', 1e6],
};

/** Cost in the currency of the prices. Undefined if no price is set. */
export function costOf(
  { provider, unit, amount }: Pick<Spending, 'provider' | 'unit' | 'amount'>,
  prices: Prices,
): number | undefined {
  const [name, per] = UNIT_PRICES[unit];
  const price = prices[provider]?.[name];
  return price === undefined ? undefined : (price * amount) / per;
}
