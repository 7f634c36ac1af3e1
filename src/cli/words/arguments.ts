import type { UiLanguage } from '../../core/index.js';

const en = {
  device: 'MAC address of the device, the beginning or the end of it, or its name',
  devices:
    'MAC address of the device, the beginning or the end of it, or its name; with * all that fit, such as "Class 3*"',
  onlyDevice: 'only of this device: its MAC address, a part of it, or its name',
  onlyAgent: 'only of this agent; empty: the configured assistant',
  id: 'the id, or its beginning',
  now: 'interrupt what the device is saying',
  out: 'write to this file in place of the terminal',
  unreadable: (file: string) => `${file} cannot be read`,
};

const zh: typeof en = {
  device: '设备的 MAC 地址、它的开头或结尾，或设备的名字',
  devices: '设备的 MAC 地址、它的开头或结尾，或设备的名字；带 * 表示所有符合的设备，例如 "三班*"',
  onlyDevice: '只限这台设备：MAC 地址、它的一部分，或名字',
  onlyAgent: '只限这个智能体；留空表示按配置的助手',
  id: '编号，或它的开头',
  now: '打断设备正在说的话',
  out: '写到这个文件，而不是终端',
  unreadable: (file) => `无法读取 ${file}`,
};

export const argumentWords: Readonly<Record<UiLanguage, typeof en>> = { en, zh };
