import { bilingualWords } from '../../../core/index.js';

const en = {
  notFound: 'I found nothing like that.',
  stopped: 'OK.',
  noMore: 'There is nothing more to play.',
  thisIs: (title: string) => `This is ${title}.`,
  nothing: 'Nothing is playing.',
  lastWas: (title: string) => `Nothing is playing. The last one was ${title}.`,
  playing: (title: string) => `Playing ${title}.`,
};

const zh: typeof en = {
  notFound: '没有找到可以播放的。',
  stopped: '好的。',
  noMore: '后面没有了。',
  thisIs: (title) => `这是${title}。`,
  nothing: '现在没有播放。',
  lastWas: (title) => `现在没有播放，刚才是${title}。`,
  playing: (title) => `播放${title}。`,
};

export const musicWords = bilingualWords({ en, zh });
