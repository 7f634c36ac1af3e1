import { bilingualWords } from '../core/index.js';

const en = {
  foundIn: (folder: string, family: string) => `Found in ${folder} (${family})`,
  unknownStream: 'the process does not know the stream',
  noSound: 'the voice knows no sound of this text',
};

const zh: typeof en = {
  foundIn: (folder, family) => `在 ${folder} 中找到（${family}）`,
  unknownStream: '该进程不认识这个流',
  noSound: '这个声音念不出这段文字',
};

export const engineWords = bilingualWords({ en, zh });
