import type { UiLanguage } from '../../core/index.js';

const en = {
  help: {
    add: 'add documents: PDF, Word (.docx), Markdown, text; one of the same title is replaced',
    list: 'the documents, newest first',
    search: 'look for passages, as an agent does',
    remove: 'remove a document with its text and index, for good',
    files: 'the files',
    question: 'a question, or words',
    collection: 'the collection of documents; agents choose collections',
    onlyIn: 'only in this collection',
    title: 'its title; without it as the document calls itself, else its file',
    most: 'how many passages',
    after: `
Example:
  chorus knowledge add washing-machine.pdf --collection kitchen
  chorus knowledge search "how do I clean the filter"`,
  },
  none: 'There are no documents. `chorus knowledge add FILE` adds one.',
  nothing: 'Nothing was found.',
  columns: {
    id: 'ID',
    collection: 'COLLECTION',
    title: 'TITLE',
    pages: 'PAGES',
    passages: 'PASSAGES',
    embedded: 'VECTORS',
    day: 'SINCE',
  },
  embeddedBy: (model: string) => `Found by meaning, too, where passages have vectors: ${model}.`,
  embeddingFails: (model: string, since: string, reason: string) =>
    `The embedding service (${model}) fails since ${since}: ${reason}. Documents are found by their words.`,
  added: (title: string, passages: number, id: string) =>
    `Added “${title}”: ${passages} passage${passages === 1 ? '' : 's'} (${id}).`,
  oneTitle: 'A title fits one file only.',
  removed: 'It is removed.',
};

const zh: typeof en = {
  help: {
    add: '添加文档：PDF、Word（.docx）、Markdown、文本；同名的会被替换',
    list: '所有文档，从新到旧',
    search: '像智能体那样查找段落',
    remove: '删除一个文档，连同它的文字和索引，不可恢复',
    files: '文件',
    question: '一个问题，或几个词',
    collection: '文档集；智能体按文档集选择',
    onlyIn: '只在这个文档集里',
    title: '标题；不写则用文档自己的标题，没有则用文件名',
    most: '最多多少段',
    after: `
例子：
  chorus knowledge add 洗衣机.pdf --collection 厨房
  chorus knowledge search "滤网怎么清洗"`,
  },
  none: '没有文档。用 `chorus knowledge add 文件` 添加。',
  nothing: '没有找到。',
  columns: {
    id: '编号',
    collection: '文档集',
    title: '标题',
    pages: '页数',
    passages: '段落',
    embedded: '向量',
    day: '日期',
  },
  embeddedBy: (model) => `有向量的段落也可按意思找到：${model}。`,
  embeddingFails: (model, since, reason) => `向量服务（${model}）自 ${since} 起出错：${reason}。文档仍可按字词找到。`,
  added: (title, passages, id) => `已添加《${title}》：${passages} 段（${id}）。`,
  oneTitle: '标题只能用于一个文件。',
  removed: '已删除。',
};

export const knowledgeWords: Readonly<Record<UiLanguage, typeof en>> = { en, zh };
