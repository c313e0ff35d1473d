import { describe, expect, it } from 'vitest';
import { checkRestore } from '../../src/graph/restore-check.js';
import { operatorIdOfUid } from '../../src/model/operator-id.js';
import { UsageError } from '../../src/support/errors.js';
import { parseUids } from '../../src/usecases/check-restore.js';
import { operator } from '../render/samples.js';

const known = (uid: string, fields: Parameters<typeof operator>[0] = {}) =>
  operator({ id: operatorIdOfUid(uid), uid: null, name: null, ...fields });
const wanted = (...uids: string[]) => uids.map((uid) => ({ uid, parallelism: null }));

describe('a job would restore', () => {
  it('where all state is claimed, whatever else it has', () => {
    const check = checkRestore([known('a'), known('b')], wanted('b', 'a', 'new'), undefined);
    expect(check).toMatchObject({ wouldRestore: true, withoutState: ['new'], leftOver: [] });
    expect(check.found.map(({ uid, problem }) => [uid, problem])).toEqual([
      ['a', null],
      ['b', null],
    ]);
  });

  it('where what is left over has no state', () => {
    const check = checkRestore([known('a'), known('b', { hasState: false })], wanted('a'), undefined);
    expect(check).toMatchObject({
      wouldRestore: true,
      leftOver: [{ id: operatorIdOfUid('b'), hasState: false }],
    });
  });

  it('with the max parallelism of the snapshot and a parallelism up to it', () => {
    expect(checkRestore([known('a')], [{ uid: 'a', parallelism: 128 }], 128).wouldRestore).toBe(true);
  });
});

describe('a job would not restore', () => {
  it('where state is left over, unless it is let go', () => {
    const check = checkRestore([known('a'), known('b')], wanted('a'), undefined);
    expect(check).toMatchObject({ wouldRestore: false, wouldRestoreWithoutLeftOvers: true });
  });

  it.each([
    [{ parallelism: null, max: 256 }, 'its max parallelism is 128, not 256'],
    [{ parallelism: 129, max: undefined }, 'parallelism 129 is beyond its max parallelism 128'],
  ])('with %j', ({ parallelism, max }, problem) => {
    const check = checkRestore([known('a')], [{ uid: 'a', parallelism }], max);
    expect(check).toMatchObject({ wouldRestore: false, wouldRestoreWithoutLeftOvers: false });
    expect(check.found[0]!.problem).toBe(problem);
  });
});

describe('a list of uids', () => {
  const expected = [
    { uid: 'source', parallelism: null },
    { uid: 'count by user', parallelism: 4 },
  ];

  it.each([
    ['# the new job\nsource\n\ncount by user\t4\r\n'],
    ['["source", {"uid": "count by user", "parallelism": 4}]'],
    ['{"source": null, "count by user": 4}'],
  ])('is read: %j', (text) => {
    expect(parseUids(text, 'file')).toEqual(expected);
  });

  it.each([
    ['', 'it has none'],
    ['a\na', 'a stands there twice'],
    ['a\tmany', 'the parallelism of a is no whole number above 0'],
    ['a\t0', 'the parallelism of a is no whole number above 0'],
    ['["a", 5]', '5 is no uid'],
    ['["a"', 'no list of uids'],
  ])('is refused: %j', (text, problem) => {
    expect(() => parseUids(text, 'file')).toThrow(UsageError);
    expect(() => parseUids(text, 'file')).toThrow(problem);
  });
});
