import type { UiLanguage } from '../../../core/index.js';

export interface Place {
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
}

/** Temperatures are whole degrees, in the unit of the settings. */
export interface ForecastDay {
  readonly sky: string;
  readonly high: number;
  readonly low: number;
  /** In percent. Undefined if the service gives no probability. */
  readonly rain: number | undefined;
}

export interface Forecast {
  readonly degrees: number;
  readonly sky: string;
  /** Today and the following days. Undefined for a day without data. */
  readonly days: readonly (ForecastDay | undefined)[];
}

/** The errors contain a text for the model. */
export interface WeatherSource {
  /** Resolves with undefined if no place has this name. */
  find(name: string, language: UiLanguage, signal: AbortSignal): Promise<Place | undefined>;
  forecast(place: Place, language: UiLanguage, signal: AbortSignal): Promise<Forecast>;
}
