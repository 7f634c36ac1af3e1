import type { UiLanguage } from '../../core/index.js';

const ZH: Readonly<Record<string, string>> = {
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

const EN: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read',
};

/** What a code of the operating system means, in words; codes that nobody meets are their own word. */
export function systemTrouble(language: UiLanguage, code: string): string {
  return (language === 'zh' ? ZH : EN)[code] ?? code;
}
