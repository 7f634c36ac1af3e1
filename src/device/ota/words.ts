import type { UiLanguage } from '../../core/index.js';

const en = {
  noAddress:
    'Chorus is running, but does not know the address by which devices reach it. ' +
    'Set server.public_url in the configuration.\n',
  works: (otaUrl: string, websocketUrl: string) =>
    `Chorus is running and the OTA address works.\n\nEnter this OTA address on the device (Wi-Fi ` +
    `setup page, "Advanced"):\n  ${otaUrl}\n\nThe device is then told this WebSocket ` +
    `address by itself:\n  ${websocketUrl}\n`,
  pictures: {
    noModel: 'Here Chorus takes the pictures of devices. No model looks at them yet: set vision.model.\n',
    works: (url: string) =>
      'The address is right: here Chorus takes the pictures of devices. ' +
      `They are told it when they connect:\n  ${url}\n`,
  },
  enterCode: (code: string) => `Enter this code in Chorus\n${code}`,
};

const zh: typeof en = {
  noAddress: 'Chorus 正在运行，但不知道设备应当用哪个地址连接。请在配置中设置 server.public_url。\n',
  works: (otaUrl, websocketUrl) =>
    `Chorus 正在运行，OTA 接口工作正常。\n\n在设备配网页面的“高级选项”里填写 OTA 地址：\n  ${otaUrl}\n\n` +
    `设备会自动得到 WebSocket 地址：\n  ${websocketUrl}\n`,
  pictures: {
    noModel: '这是 Chorus 接收设备图片的地址。还没有配置看图的模型：请设置 vision.model。\n',
    works: (url) => `地址正确：这里是 Chorus 接收设备图片的地址，设备连接时会自动得到它：\n  ${url}\n`,
  },
  enterCode: (code) => `请在 Chorus 中输入配对码\n${code}`,
};

export const otaWords: Readonly<Record<UiLanguage, typeof en>> = { en, zh };
