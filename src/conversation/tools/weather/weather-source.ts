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
  /** Percent; undefined: the service does not say. */
  readonly rain: number | undefined;
}

export interface Forecast {
  readonly degrees: number;
  readonly sky: string;
  /** The days from today on; undefined: the service does not know that day. */
  readonly days: readonly (ForecastDay | undefined)[];
}

/** A service that knows places and their weather. Errors: in words for the model. */
export interface WeatherSource {
  /** Undefined: there is no place of that name. */
  find(name: string, language: UiLanguage, signal: AbortSignal): Promise<Place | undefined>;
  forecast(place: Place, language: UiLanguage, signal: AbortSignal): Promise<Forecast>;
}
