import type { Scope } from '../../../core/index.js';
import { ToolOffer, type OfferOptions, type OfferState } from './offer.js';
import type { OfferSettings } from './offer-settings.js';
import { RunningByName } from './running.js';

export interface OffersOptions extends OfferOptions {
  readonly scope: Scope;
}

/** Offers tools at the access points in the owner's file. The file may change while this server runs. */
export class ToolOffers {
  readonly #running: RunningByName<OfferSettings, ToolOffer>;

  constructor(private readonly options: OffersOptions) {
    const create = (settings: OfferSettings): ToolOffer => new ToolOffer(settings, options, () => this.#count());
    this.#running = new RunningByName('mcp offer', options.scope, create);
  }

  /** Does not touch unchanged entries. */
  apply(offers: readonly OfferSettings[]): void {
    this.#running.apply(offers);
    this.#count();
  }

  get states(): readonly OfferState[] {
    return this.#running.all.map(({ state }) => state);
  }

  #count(): void {
    const states = this.states.map(({ state }) => state);
    for (const state of ['connecting', 'ready', 'failed'] as const)
      this.options.metrics.gauge('chorus_mcp_offers', states.filter((one) => one === state).length, { state });
  }
}
