import { expect, it } from 'vitest';
import { conversation, input, live, model, parts, spoken, text } from '../../../test/fakes/scripted-conversation.js';
import { KnownPeople } from './known-people.js';
import { phrase } from './phrases.js';

it('tells tools and records who spoke the words being answered, not who speaks meanwhile', () => {
  const names = ['Anna', 'Ben'];
  const speaker = {
    turnId: 0,
    personIn: ([id = 0]: readonly number[]) => names[id],
    certain: () => Promise.resolve(undefined),
  };
  const people = new KnownPeople(conversation(model().llm), speaker, () => false);
  expect(people.present).toBeUndefined();
  people.respond(input('remember that I like tea'), new AbortController().signal);
  speaker.turnId = 1;
  expect([people.present, people.personOf([0]), people.personOf([1])]).toEqual(['Anna', 'Anna', 'Ben']);
  expect(people.personOf([])).toBeUndefined();
});

it('names nobody as the author of typed words, whoever spoke before', async () => {
  const speaker = { turnId: 0, personIn: () => 'Anna', certain: () => Promise.resolve('Anna') };
  const typed = { ...input('what did I tell you?'), typed: true };
  const open = new KnownPeople(conversation(model().llm), speaker, () => false);
  open.respond(typed, live());
  expect(open.present).toBeUndefined();
  const { llm, requests } = model([text('Hello.')]);
  const known = new KnownPeople(conversation(llm), speaker, () => true);
  expect(spoken(await parts(known.respond(typed, live())))).toBe(phrase('en-US', 'stranger'));
  expect(requests).toEqual([]);
  expect(known.present).toBeUndefined();
});
