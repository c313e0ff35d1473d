import { describe, expect, it } from 'vitest';
import { readMetadata } from '../../src/format/metadata/read.js';
import { generatedOperatorId, operatorIdOfUid } from '../../src/model/operator-id.js';
import { fixtureCases, fixtureSnapshots } from '../support/fixtures.js';

describe('the operator id of a uid', () => {
  // Flink 2.3.0: Guava's murmur3_128 of the uid, as an OperatorID. One length on each side of a block and a half.
  it.each([
    ['', '00000000000000000000000000000000'],
    ['a', '897859f6655555855a890e51483ab5e6'],
    ['counter', '0da08f51eaa85fc298e176a139b3649a'],
    ['01234567', '4d3587739b033682204996d8879336c3'],
    ['012345678', 'ba38e79f51871e4cf197d599f87aa172'],
    ['0123456789abcdef', 'a7d14acf946de04bda08a7635c5bc387'],
    ['0123456789abcdefg', 'def945aa2d61328eee72c306c2f40008'],
    ['0123456789abcdef0123456789abcde', '00af4d7e97acfb9a5182fd7eda4cfe89'],
    ['0123456789abcdef0123456789abcdef', 'ba7c19d6b5263a4fa20c74fa1e29b510'],
    ['grüße 日本 😀', 'c06644b202933668d4150c2629185a85'],
    ['\uD800x', '70202aa2f1d93bf66c82d201dcf9578c'],
  ])('%j is that of Flink', (uid, id) => {
    expect(operatorIdOfUid(uid)).toBe(id);
  });

  it('is the id beside the uid in every snapshot that Flink wrote', () => {
    const operators = fixtureCases()
      .flatMap((fixture) => fixtureSnapshots(fixture))
      .flatMap((snapshot) => readMetadata(snapshot.bytes).operators)
      .filter((operator) => operator.uid !== null);
    expect(operators.length).toBeGreaterThan(50);
    for (const { uid, id } of operators) expect([uid, operatorIdOfUid(uid ?? '')]).toEqual([uid, id]);
  });
});

describe('the generated id of an operator without a uid', () => {
  it('is the same for the same place in the graph and another for any other', () => {
    const ids = [
      generatedOperatorId(0, []),
      generatedOperatorId(1, []),
      generatedOperatorId(1, [generatedOperatorId(0, [])]),
      operatorIdOfUid('0'),
    ];
    expect(generatedOperatorId(1, [])).toBe(ids[1]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });
});
