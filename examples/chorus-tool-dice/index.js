import { definePlugin, defineTool, z } from 'xiaozhi-chorus/plugin';

export const rollDice = defineTool({
  name: 'roll_dice',
  words: {
    en: 'Rolls a die. Call it when the user wants a die rolled or a number drawn.',
    zh: '掷骰子。用户要掷骰子或抽一个数时调用。',
  },
  input: z.object({
    sides: z.number().int().min(2).max(100).default(6).meta({ en: 'How many sides the die has', zh: '骰子有几面' }),
  }),
  effects: 'none',
  run: ({ sides }) => `It shows ${1 + Math.floor(Math.random() * sides)}.`,
});

export default definePlugin({ apiVersion: 1, tools: [rollDice] });
