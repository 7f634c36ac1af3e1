import { both, type UiLanguage } from '../language.js';
import type { ErrorDetails } from './error-row.js';

export const LOOK_FOR_CAUSE = both(
  'Try again. `npx chorus doctor` looks for the cause.',
  '请再试一次。`npx chorus doctor` 会查找原因。',
);

const SYSTEM_ZH: Readonly<Record<string, string>> = {
  ENOENT: '没有这个文件或文件夹',
  EISDIR: '它是文件夹',
  ENOTDIR: '路径中有一段是文件',
  EEXIST: '已有同名文件',
  EACCES: '没有权限',
  EPERM: '没有权限',
  EROFS: '文件系统只读',
  ENOSPC: '磁盘已满',
  EDQUOT: '磁盘配额已用完',
  EMFILE: '打开的文件太多',
  EIO: '磁盘读写出错',
  EADDRINUSE: '端口已被占用',
  EADDRNOTAVAIL: '本机没有这个地址',
  ENOTFOUND: '找不到这个主机名',
  EAI_AGAIN: '域名暂时无法解析',
  ECONNREFUSED: '连接被拒绝',
  ECONNRESET: '连接被对方中断',
  ETIMEDOUT: '连接超时',
  EHOSTUNREACH: '网络不可达',
  ENETUNREACH: '网络不可达',
};

const SYSTEM_EN: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read',
};

/** A rare code is returned unchanged. */
export function systemErrorWords(code: string, language: UiLanguage): string {
  return (language === 'zh' ? SYSTEM_ZH : SYSTEM_EN)[code] ?? code;
}

/** `X` or `X（Y）`. */
export const inBrackets = (what: string, more: string | number | undefined): string =>
  more === undefined || more === '' ? what.trimEnd() : `${what.trimEnd()}（${more}）`;
export const systemReason = ({ system }: ErrorDetails): string =>
  system === undefined ? '' : systemErrorWords(String(system), 'zh');
export const named = (value: string | number | undefined): string => (value === undefined ? '' : ` ${value} `);
export const quoted = ({ quote }: ErrorDetails): string => (quote === undefined ? '' : `对方的原话是“${quote}”`);

/** `fault` is an `ImageFault` of src/device/firmware/, or a fault of the firmware's version. */
export function firmwareFault({ fault, own, version, max }: ErrorDetails): string {
  switch (fault) {
    case 'too_large':
      return `文件太大，没有设备放得下（最多 ${Number(max) / 1024 / 1024} MB）`;
    case 'magic':
    case 'segments':
      return '文件不是 ESP32 的应用程序映像（开头应为 0xE9）';
    case 'truncated':
      return '文件不完整，映像没有到结尾';
    case 'trailing':
      return '映像后面还有别的内容：这大概是整片闪存的文件（merged-binary.bin），升级要用 xiaozhi.bin';
    case 'checksum':
    case 'hash':
      return '映像的校验不对，文件已损坏';
    case 'own_version':
      return `映像自己的版本是 ${own}，而设备只会比较用点分开的数字；运行它的设备会不停重启`;
    case 'version_missing':
      return '映像没有写明版本，请用 --version 指定';
    case 'given_version':
      return `${version} 不是设备能比较的版本，应为用点分开的数字，例如 2.4.2`;
    case 'version_differs':
      return `映像自己的版本是 ${own}，不是 ${version}；设备也会这样报告，于是会没完没了地升级`;
    default:
      return '文件不是设备能安装的固件：不是 ESP32 的应用程序映像、已损坏、太大，或版本与指定的不同';
  }
}
