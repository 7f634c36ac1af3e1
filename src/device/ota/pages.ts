import { uiLanguage, type LanguageTag } from '../../core/index.js';
import type { AdvertisedAddress } from './advertised-address.js';
import { otaWords } from './words.js';

/** The page for a person who opens the OTA address in a browser. */
export function otaPage(address: AdvertisedAddress | undefined, language: LanguageTag): string {
  const words = otaWords[uiLanguage(language)];
  return address ? words.works(address.otaUrl, address.websocketUrl) : words.noAddress;
}

/** The page for a person who opens the address for pictures. `on` means that a model for pictures is configured. */
export function visionPage(url: string | undefined, on: boolean, language: LanguageTag): string {
  const { noAddress, pictures } = otaWords[uiLanguage(language)];
  if (url === undefined) return noAddress;
  return on ? pictures.works(url) : pictures.noModel;
}

/** The device shows this text while it speaks the code. */
export const activationMessage = (code: string, language: LanguageTag): string =>
  otaWords[uiLanguage(language)].enterCode(code);

export const NO_ADDRESS = 'Chorus does not know the address by which devices reach it: set server.public_url.';
