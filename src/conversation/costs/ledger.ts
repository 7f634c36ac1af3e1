import {
  asChorusError,
  ChorusError,
  dayIn,
  uiLanguage,
  type Clock,
  type LanguageTag,
  type Logger,
  type Metrics,
  DAY_MS,
} from '../../core/index.js';
import { WaitingRows, type Spending, type SpendingStore, type SpendingUnit } from '../../platform/store/index.js';
import type { Spender } from '../../providers/index.js';
import { costOf, type Prices } from './prices.js';
import { costWords } from './words.js';

export interface CostSettings {
  readonly prices: Prices;
  /** Limit per day in the server's time zone, in the currency of the prices. Undefined means no limit. */
  readonly per_device?: number | undefined;
  readonly per_agent?: number | undefined;
  readonly per_server?: number | undefined;
}

export interface LedgerOptions {
  readonly store: SpendingStore;
  readonly settings: () => CostSettings;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

const KEPT_DAYS = 400;
/**
 * Maximum number of devices, and of agents, whose daily sums are kept. Also limits how many devices have a known agent.
 */
const MAX_KNOWN = 10_000;
/** Maximum number of rows that wait for an unreachable database. Further spending is counted, but not written. */
const MAX_WAITING = 20_000;

interface Sums {
  readonly day: string;
  server: number;
  readonly devices: Map<string, number>;
  readonly agents: Map<string, number>;
}

/** Records the use of paid services by device and day, and refuses it when a daily limit is reached. */
export class CostLedger implements Spender {
  readonly #agents = new Map<string, string>();
  readonly #waiting: WaitingRows<Spending>;
  #sums: Sums;

  constructor(private readonly options: LedgerOptions) {
    const { clock, store, log } = options;
    this.#sums = emptySums(this.#today());
    this.#waiting = new WaitingRows<Spending>({
      clock,
      keyOf: ({ day, deviceId, agentId, provider, unit }) => [day, deviceId, agentId, provider, unit].join(' '),
      sum: (known, { amount }) => ({ ...known, amount: known.amount + amount }),
      max: MAX_WAITING,
      write: (rows) => store.add(rows, dayOf(clock.wallMs() - KEPT_DAYS * DAY_MS)),
      onFailed: ({ code }) => log.warn('the costs could not be saved; they wait for the database', { code }),
    });
  }

  /**
   * Reads today's spending from before this server started. If the database does not answer, the sums start at zero.
   */
  async load(): Promise<void> {
    const { store, log } = this.options;
    try {
      for (const spending of await store.since(this.#today())) this.#sum(spending);
    } catch (error) {
      log.warn('the costs of today cannot be read', { code: asChorusError(error, 'store.failed').code });
    }
  }

  /** From now on, the device's spending counts for this agent. */
  talksTo(deviceId: string, agentId: string | undefined): void {
    this.#agents.delete(deviceId);
    if (agentId !== undefined) keep(this.#agents, deviceId, agentId);
  }

  admit(deviceId: string | undefined): void {
    if (!this.#isSpent(deviceId)) return;
    throw new ChorusError('capacity.budget', costWords.budgetUsedUp);
  }

  /** The sentence to speak when a daily budget is used up. Undefined if money is left. */
  refusal(deviceId: string, language: LanguageTag): string | undefined {
    return this.#isSpent(deviceId) ? costWords.spent[uiLanguage(language)] : undefined;
  }

  spent(deviceId: string | undefined, provider: string, unit: SpendingUnit, amount: number): void {
    if (!(amount > 0)) return;
    this.options.metrics.count('chorus_paid_units_total', { provider, unit }, amount);
    const agentId = this.#agents.get(deviceId ?? '') ?? '';
    const spending: Spending = { day: this.#today(), deviceId: deviceId ?? '', agentId, provider, unit, amount };
    this.#sum(spending);
    this.#waiting.add(spending);
  }

  /** The spending of the last `days` days, including today. */
  async recent(days: number): Promise<readonly (Spending & { readonly cost?: number })[]> {
    await this.flush();
    const { clock, store, settings } = this.options;
    const { prices } = settings();
    return (await store.since(dayOf(clock.wallMs() - (days - 1) * DAY_MS))).map((spending) => {
      const cost = costOf(spending, prices);
      return { ...spending, ...(cost !== undefined && { cost }) };
    });
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#waiting.run(signal);
  }

  /** Tries once to write the waiting rows. If writing fails, they stay queued. */
  flush(): Promise<void> {
    return this.#waiting.flush();
  }

  #sum(spending: Spending): void {
    const sums = this.#current();
    const cost = spending.day === sums.day ? (costOf(spending, this.options.settings().prices) ?? 0) : 0;
    if (cost === 0) return;
    sums.server += cost;
    keep(sums.devices, spending.deviceId, (sums.devices.get(spending.deviceId) ?? 0) + cost);
    keep(sums.agents, spending.agentId, (sums.agents.get(spending.agentId) ?? 0) + cost);
  }

  #isSpent(deviceId: string | undefined): boolean {
    const { per_device: device, per_agent: agent, per_server: server } = this.options.settings();
    const { devices, agents, server: all } = this.#current();
    return (
      all >= (server ?? Infinity) ||
      (deviceId !== undefined && (devices.get(deviceId) ?? 0) >= (device ?? Infinity)) ||
      (deviceId !== undefined && (agents.get(this.#agents.get(deviceId) ?? '') ?? 0) >= (agent ?? Infinity))
    );
  }

  #current(): Sums {
    const day = this.#today();
    if (day !== this.#sums.day) this.#sums = emptySums(day);
    return this.#sums;
  }

  #today(): string {
    return dayOf(this.options.clock.wallMs());
  }
}

const emptySums = (day: string): Sums => ({ day, server: 0, devices: new Map(), agents: new Map() });

/** A new key takes the place of the oldest one if the map is full. */
function keep<T>(map: Map<string, T>, key: string, value: T): void {
  const [oldest] = map.keys();
  if (!map.has(key) && map.size >= MAX_KNOWN && oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}

const dayOf = (wallMs: number): string => dayIn(wallMs, undefined);
