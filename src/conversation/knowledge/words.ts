import { bilingualWords } from '../../core/index.js';

const en = {
  noVectors: 'the embedding service answered with something else than vectors',
  embeddingTimeout: 'the embedding service did not answer in time',
  readingTooMany: 'too many documents are being read already; try again later',
  tooManyDocuments: (limit: number) => `there are ${limit} documents already`,
  tooLongTogether: 'all documents together would be too long',
  vectorsTooLarge: (limitMb: number) => `the vectors of all documents would take more than ${limitMb} MB`,
  noEmbeddingAddress: 'the embedding service has no address',
  tooLong: (limit: number) => `the document has more than ${limit} characters`,
  unreadable: (why: string) => `the document cannot be read: ${why}`,
  nothingFound: 'Nothing was found in the documents.',
  noText: 'there is no text in it',
  empty: 'it is empty',
  docx: {
    noWord: 'the archive is no Word document',
    tooLarge: 'the document unpacks to far too much',
    damaged: 'the archive is damaged',
  },
  readingTooLong: 'reading it took too long or too much memory',
  pdf: {
    password: 'it needs a password',
    damaged: 'it is no PDF, or is damaged',
    tooManyPages: (pages: number, limit: number) => `the document has ${pages} pages, more than ${limit}`,
    pictures: 'its pages are pictures without text; run text recognition over it first',
    damagedPage: 'a page of it is damaged',
  },
  text: {
    unknown: 'it is no text, PDF or Word document (.docx)',
    encoding: 'its text is neither UTF-8, UTF-16 nor GB 18030',
  },
  uploadTooLarge: (limitMb: number) => `the file has more than ${limitMb} MB`,
};

const zh: typeof en = {
  noVectors: '向量服务的回答不是向量',
  embeddingTimeout: '向量服务没有及时回答',
  readingTooMany: '正在读取的文档太多，请稍后再试',
  tooManyDocuments: (limit) => `已经有 ${limit} 个文档`,
  tooLongTogether: '所有文档合计太长',
  vectorsTooLarge: (limitMb) => `所有文档的向量合计会超过 ${limitMb} MB`,
  noEmbeddingAddress: '向量服务没有地址',
  tooLong: (limit) => `文档超过 ${limit} 个字符`,
  unreadable: (why) => `文档读不出来：${why}`,
  nothingFound: '文档里没有找到。',
  noText: '里面没有文字',
  empty: '文件是空的',
  docx: { noWord: '这个压缩包不是 Word 文档', tooLarge: '文档解压后太大', damaged: '压缩包已损坏' },
  readingTooLong: '读取它花了太多时间或内存',
  pdf: {
    password: '需要密码',
    damaged: '不是 PDF，或已损坏',
    tooManyPages: (pages, limit) => `文档有 ${pages} 页，超过 ${limit} 页`,
    pictures: '它的页面只有图片，没有文字；请先做文字识别',
    damagedPage: '有一页已损坏',
  },
  text: { unknown: '不是文本、PDF 或 Word 文档（.docx）', encoding: '文字编码不是 UTF-8、UTF-16 或 GB 18030' },
  uploadTooLarge: (limitMb) => `文件超过 ${limitMb} MB`,
};

export const knowledgeWords = bilingualWords({ en, zh });
