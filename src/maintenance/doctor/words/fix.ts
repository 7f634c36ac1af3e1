import { bilingualWords } from '../../../core/index.js';

const en = {
  failed: (place: string, reason: string) => `${place}: ${reason}`,
  chmod: (place: string) => `${place} can be read by its owner only.`,
  remove: (place: string) => `${place} was removed.`,
  mkdir: (place: string) => `${place} was created.`,
  pull: (place: string) => `${place} was fetched and checked.`,
};

const zh: typeof en = {
  failed: (place, reason) => `${place}：${reason}`,
  chmod: (place) => `${place} 现在只有所有者能读。`,
  remove: (place) => `已删除 ${place}。`,
  mkdir: (place) => `已创建 ${place}。`,
  pull: (place) => `已下载并校验 ${place}。`,
};

export const fixWords = bilingualWords({ en, zh });
