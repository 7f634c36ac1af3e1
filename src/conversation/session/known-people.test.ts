import { expect, it } from 'vitest';
import { conversation, model } from '../../../test/fakes/scripted-conversation.js';
import { KnownPeople } from './known-people.js';

it('gives tools the person of the current words, and prompts the person heard last', () => {
  const speaker = { name: 'Anna', current: 'Ben', certain: () => Promise.resolve(undefined) };
  const people = new KnownPeople(conversation(model().llm), speaker, () => false);
  expect([people.person, people.present]).toEqual(['Anna', 'Ben']);
});
