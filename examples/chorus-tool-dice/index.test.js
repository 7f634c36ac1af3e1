import { it } from 'node:test';
import { toolContract } from 'xiaozhi-chorus/testing';
import { rollDice } from './index.js';

toolContract(it, { tool: rollDice, input: { sides: 6 }, answers: /^It shows [1-6]\.$/, wrong: { sides: 1 } });
