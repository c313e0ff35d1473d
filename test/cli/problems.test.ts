import { describe, expect, test } from 'vitest';
import { warnOf } from '../../src/cli/problems.js';

describe('problems', () => {
  const link = (n: number) => ({ code: 'symbolic-link', message: `link ${n}`, where: `/l${n}`, next: null });
  const said = (problems: Parameters<typeof warnOf>[0]) => {
    const lines: string[] = [];
    warnOf(problems, (line) => lines.push(line));
    return lines;
  };

  test('are said one by one while they are few', () => {
    const lines = ['link 1 (/l1)', 'link 2 (/l2)', 'link 3 (/l3)'];
    expect(said([1, 2, 3].map(link))).toEqual(lines);
  });

  test('of one kind are counted after the first three, and do not drown another kind', () => {
    const denied = { code: 'storage-denied', message: 'cannot list /x', where: '/x', next: null };
    const many = Array.from({ length: 1234 }, (_, n) => link(n));
    expect(said([...many, denied])).toEqual([
      'link 0 (/l0)',
      'link 1 (/l1)',
      'link 2 (/l2)',
      '1,231 more of this kind (symbolic-link); --json has them all',
      'cannot list /x',
    ]);
  });
});
