import type { UiLanguage } from '../../../core/index.js';

export interface Place {
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
}

/** A day of a forecast. Degrees are whole, in the units of the settings. */
export interface ForecastDay {
  readonly sky: string;
  readonly high: number;
  readonly low: number;
  /** Percent. Undefined: the service gives none. */
  readonly rain: number | undefined;
}

export interface Forecast {
  readonly degrees: number;
  readonly sky: string;
  /** The days from today on. Undefined: the service has no data for that day. */
  readonly days: readonly (ForecastDay | undefined)[];
}

/** A service for places and their weather. Errors have a text for the model. */
export interface WeatherSource {
  /** Undefined: no place has this name. */
  find(name: string, language: UiLanguage, signal: AbortSignal): Promise<Place | undefined>;
  forecast(place: Place, language: UiLanguage, signal: AbortSignal): Promise<Forecast>;
}
