/** What a reply's text becomes while it streams in. */
export type ReplyTextPart = { readonly type: 'speech'; readonly text: string } | { readonly type: 'emotion'; readonly emotion: string };

export interface ReplyText {
  push(delta: string): readonly ReplyTextPart[];
  /** The end: what is left. */
  flush(): readonly ReplyTextPart[];
}

/** Sentences as they are completed. */
export function createReplyText(_language: string): ReplyText {
  let buffer = '';
  return {
    push(delta) {
      buffer += delta;
      const parts: ReplyTextPart[] = [];
      for (let match = /^.*?(?:[。！？]|[.!?]\s)/su.exec(buffer); match; match = /^.*?(?:[。！？]|[.!?]\s)/su.exec(buffer)) {
        buffer = buffer.slice(match[0].length);
        if (match[0].trim() !== '') parts.push({ type: 'speech', text: match[0].trim() });
      }
      return parts;
    },
    flush() {
      const rest = buffer.trim();
      buffer = '';
      return rest === '' ? [] : [{ type: 'speech', text: rest }];
    },
  };
}
