import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BEDROOM, ToolWorld } from '../../../../test/fakes/tool-world.js';

describe('notes and lists', () => {
  let world: ToolWorld;
  beforeEach(async () => void (world = await ToolWorld.open()));
  afterEach(() => world.close());

  it('are shared by the household, and contain each item once', async () => {
    expect(await world.says('list_add', { list: 'shopping', items: ['milk', 'eggs'] })).toBe(
      'All right, the shopping list now has milk and eggs.',
    );
    await world.clock.advance(1000);
    await world.call('list_add', { list: 'shopping', items: ['Milk', 'tea'] }, BEDROOM);
    expect(await world.says('list_read', { list: 'shopping' })).toBe('On the shopping list: milk, eggs and tea.');
    expect(await world.says('list_remove', { list: 'shopping', items: ['egg'] })).toBe(
      'All right, I took eggs off the shopping list.',
    );
    expect(await world.says('list_add', { list: 'notes', items: ['the car is on level two'] })).toBe(
      'All right, I noted: the car is on level two.',
    );
    expect(await world.says('list_remove', { list: 'shopping', items: ['beer'] })).toBe(
      'That is not on the shopping list.',
    );
    expect(await world.says('list_remove', { list: 'shopping', all: true })).toBe('I have emptied the shopping list.');
    expect(await world.says('list_read', { list: 'todo' })).toBe('There is nothing on the to-do list.');
  });

  it.each([
    [['ice', 'rice', 'orange juice'], 'ice', ['ice']],
    [['rice', 'orange juice'], 'ice', []],
    [['rice', 'orange juice'], 'juice', ['orange juice']],
    [['eggs', 'eggplant', 'a box of tomatoes'], 'egg', ['eggs']],
    [['eggs', 'eggplant', 'a box of tomatoes'], 'Boxes', ['a box of tomatoes']],
    [['eggs', 'eggplant', 'a box of tomatoes'], 'tomato', ['a box of tomatoes']],
    [['糖', '糖醋排骨'], '糖', ['糖']],
    [['牛奶糖', '糖醋排骨'], '排骨', ['糖醋排骨']],
    [['milk', 'tea'], '?!', []],
  ])('from %j, "%s" takes off %j', async (items, item, gone) => {
    await world.call('list_add', { list: 'shopping', items });
    await world.call('list_remove', { list: 'shopping', items: [item] });
    const left = (await world.store.toolData.all('list:shopping', 'home')).map(({ value }) => value);
    expect(left.toSorted()).toEqual(items.filter((one) => !gone.includes(one)).toSorted());
  });

  it('are spoken in Chinese', async () => {
    world.language = 'zh-CN';
    expect(await world.says('list_add', { list: 'notes', items: ['车停在B2'] })).toBe('好的，便签里记下了车停在B2。');
    expect(await world.says('list_read', { list: 'notes' })).toBe('便签有1项：车停在B2。');
  });

  it('belong to one device if this is configured, and are limited in number', async () => {
    const own = await ToolWorld.open({ sections: { lists: { shared: false } } });
    await own.call('list_add', { list: 'todo', items: ['a'] });
    expect(await own.says('list_read', { list: 'todo' }, BEDROOM)).toBe('There is nothing on the to-do list.');
    for (let n = 0; n < 10; n++)
      await own.says('list_add', { list: 'todo', items: Array.from({ length: 20 }, (_, i) => `item ${n}-${i}`) });
    expect(await own.says('list_add', { list: 'todo', items: ['one more'] })).toBe(
      'failed: the list is full (200 entries)',
    );
    await own.close();
  });
});
