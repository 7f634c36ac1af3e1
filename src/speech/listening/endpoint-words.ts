/** How an utterance's last words bear on whether it is over. */
export interface EndWords {
  /** Nobody ends with these, whatever mark a model puts behind them. */
  readonly open: readonly string[];
  /** Open unless a mark that means something stands behind them ("where are you from?"). */
  readonly mostlyOpen: readonly string[];
  /** Particles and formulas that end a sentence. */
  readonly closing: readonly string[];
  /** Single digits and letters in words: several at the end are a number being spelled. */
  readonly digits: readonly string[];
}

export const ENGLISH: EndWords = {
  open: ['and', 'or', 'but', 'because', 'if', 'unless', 'although', 'the', 'a', 'an', 'my', 'your', 'our', 'their', 'um', 'uh', 'uhm', 'er', 'erm', 'hmm', 'and then', 'such as'],
  mostlyOpen: [
    'of', 'to', 'in', 'on', 'at', 'for', 'with', 'from', 'about', 'into', 'by', 'than', 'as', 'that', 'which', 'when', 'where', 'while', 'so', 'like', 'then',
    'is', 'are', 'was', 'were', 'be', 'can you', 'could you', 'i want', 'i need', 'i would', "i'd", 'let', 'let me', 'his', 'her', 'this', 'these', 'some', 'well', 'hey',
  ],
  closing: ['please', 'thanks', 'thank you', 'goodbye', 'bye', 'yes', 'no', 'okay', 'stop', 'never mind'],
  digits: ['zero', 'oh', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'double'],
};

export const CHINESE: EndWords = {
  open: [
    '和', '跟', '与', '或', '或者', '还有', '但是', '可是', '不过', '因为', '所以', '如果', '要是', '假如', '虽然', '然后', '而且', '并且', '以及', '比如', '比如说', '例如',
    '那个', '嗯', '呃', '额', '唔', '就是', '就是说', '的话', '的时候', '关于', '对于', '把', '被', '一个', '我想', '我要', '帮我', '请', '请问', '我想问', '你能不能',
  ],
  mostlyOpen: ['还是', '这个', '在', '从', '给', '向', '往', '到', '让', '为', '是', '有', '很', '也', '就', '都', '再', '又', '那', '那么', '首先', '其次'],
  closing: ['吗', '呢', '吧', '了', '啊', '呀', '嘛', '啦', '哦', '谢谢', '再见', '拜拜', '好的', '可以', '是的', '不用', '什么', '怎么办', '多少', '几点', '哪里', '哪儿'],
  digits: ['零', '〇', '一', '幺', '二', '两', '三', '四', '五', '六', '七', '八', '九'],
};
