import type { UiLanguage } from '../../../core/index.js';

export interface Place {
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
}

/** One day of a forecast. Temperatures are whole degrees, in the unit of the settings. */
export interface ForecastDay {
  readonly sky: string;
  readonly high: number;
  readonly low: number;
  /** Probability of rain in percent. Undefined: the service gives none. */
  readonly rain: number | undefined;
}

export interface Forecast {
  readonly degrees: number;
  readonly sky: string;
  /** Forecasts for today and the days after it. Undefined: the service has no data for that day. */
  readonly days: readonly (ForecastDay | undefined)[];
}

/** A service that finds places and tells their weather. Its errors have a text for the model. */
export interface WeatherSource {
  /** Finds a place by its name. Undefined: no place has this name. */
  find(name: string, language: UiLanguage, signal: AbortSignal): Promise<Place | undefined>;
  forecast(place: Place, language: UiLanguage, signal: AbortSignal): Promise<Forecast>;
}
