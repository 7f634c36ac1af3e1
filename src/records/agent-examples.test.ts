import { expect, it } from 'vitest';
import { createEndpointPolicy } from '../speech/listening/index.js';
import { AGENT_EXAMPLES } from './agent-examples.js';

const endpoint = createEndpointPolicy({ patience: 'normal' });

it.each([
  ['en', 'en-US', 'I want a story.'],
  ['zh', 'zh-CN', '我想听故事。'],
] as const)(
  'the examples in %s for children and for old people wait longer after a sentence than the others',
  (ui, language, transcriptSoFar) => {
    const waitMs = (patience: (typeof AGENT_EXAMPLES.en)[number]['patience']): number =>
      endpoint.requiredSilenceMs({ language, transcriptSoFar, punctuationMeansEnd: true, patience });
    const longer = AGENT_EXAMPLES[ui].filter(({ patience }) => waitMs(patience) > waitMs(undefined));
    expect(longer.map(({ id }) => id)).toEqual(['storyteller', 'companion']);
  },
);
