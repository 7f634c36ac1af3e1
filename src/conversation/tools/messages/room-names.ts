import { lettersOf } from '../../dialogue/text/characters.js';

/** Names of a room in both languages, so that a Chinese request finds the device called "kitchen". */
const ROOMS: readonly (readonly string[])[] = [
  ['kitchen', '厨房'],
  ['bedroom', '卧室'],
  ['master bedroom', '主卧'],
  ['guest room', '客房'],
  ['living room', 'lounge', '客厅'],
  ['dining room', '餐厅', '饭厅'],
  ['nursery', 'kids room', 'childrens room', '儿童房', '婴儿房'],
  ['bathroom', '浴室', '卫生间', '洗手间'],
  ['study', '书房'],
  ['office', '办公室'],
  ['hall', 'hallway', '走廊', '门厅', '玄关'],
  ['balcony', '阳台'],
  ['garden', '花园', '院子'],
  ['garage', '车库'],
  ['basement', 'cellar', '地下室'],
  ['attic', '阁楼'],
];

const SAME_ROOM = new Map(ROOMS.flatMap((names) => names.map((name) => [lettersOf(name), names.map(lettersOf)])));

/** Empty if the room is not in the list. The names have the form of {@link lettersOf}. */
export const namesOfRoom = (name: string): readonly string[] => SAME_ROOM.get(lettersOf(name)) ?? [];
