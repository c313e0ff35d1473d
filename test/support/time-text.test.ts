import { expect, it } from 'vitest';
import { timeText } from '../../src/support/time-text.js';

it.each([
  [0, '1970-01-01T00:00:00.000Z'],
  [8.64e15, '+275760-09-13T00:00:00.000Z'],
  [-8.64e15, '-271821-04-20T00:00:00.000Z'],
  [8.64e15 + 1, null],
  [-9e15, null],
  [Number.POSITIVE_INFINITY, null],
  [Number.NaN, null],
  [null, null],
])('the text of %s is %s', (ms, text) => {
  expect(timeText(ms)).toBe(text);
});
