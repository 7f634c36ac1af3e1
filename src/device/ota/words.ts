import { uiLanguage, type LanguageTag } from '../../core/index.js';
import type { AdvertisedAddress } from './advertised-address.js';

/** The first language of an `Accept-Language` header (or of an OTA body) that looks like one. */
export function languageTag(...candidates: readonly (string | undefined)[]): LanguageTag | undefined {
  for (const candidate of candidates) {
    const first = candidate?.split(/[,;]/, 1)[0]?.trim();
    if (first !== undefined && /^[a-z]{2,3}([-_][a-z0-9]{2,8}){0,3}$/i.test(first)) return first;
  }
  return undefined;
}

/** The page for a person who opens the OTA address in a browser. */
export function otaPage(address: AdvertisedAddress | undefined, language: LanguageTag): string {
  const zh = uiLanguage(language) === 'zh';
  if (!address) {
    return zh
      ? 'Chorus 正在运行，但不知道设备应当用哪个地址连接。请在配置中设置 server.public_url。\n'
      : 'Chorus is running, but does not know the address by which devices reach it. ' +
          'Set server.public_url in the configuration.\n';
  }
  return zh
    ? `Chorus 正在运行，OTA 接口工作正常。\n\n在设备配网页面的“高级选项”里填写 OTA 地址：\n  ` +
        `${address.otaUrl}\n\n设备会自动得到 WebSocket 地址：\n  ${address.websocketUrl}\n`
    : `Chorus is running and the OTA address works.\n\nEnter this OTA address on the device (Wi-Fi ` +
        `setup page, "Advanced"):\n  ${address.otaUrl}\n\nThe device is then told this WebSocket ` +
        `address by itself:\n  ${address.websocketUrl}\n`;
}

/** The page for a person who opens the address for pictures. `on`: a model that looks at them is configured. */
export function visionPage(url: string | undefined, on: boolean, language: LanguageTag): string {
  const zh = uiLanguage(language) === 'zh';
  if (url === undefined) return otaPage(undefined, language);
  if (!on)
    return zh
      ? '这是 Chorus 接收设备图片的地址。还没有配置看图的模型：请设置 vision.model。\n'
      : 'Here Chorus takes the pictures of devices. No model looks at them yet: set vision.model.\n';
  return zh
    ? `地址正确：这里是 Chorus 接收设备图片的地址，设备连接时会自动得到它：\n  ${url}\n`
    : 'The address is right: here Chorus takes the pictures of devices. ' +
        `They are told it when they connect:\n  ${url}\n`;
}

/** Shown on the device's screen while it speaks the digits. */
export function activationMessage(code: string, language: LanguageTag): string {
  return uiLanguage(language) === 'zh' ? `请在 Chorus 中输入配对码\n${code}` : `Enter this code in Chorus\n${code}`;
}

export const NO_ADDRESS = 'Chorus does not know the address by which devices reach it: set server.public_url.';
