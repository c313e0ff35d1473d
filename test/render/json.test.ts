import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonPieces, toJson } from '../../src/render/json.js';
import { runs, testSeed } from '../support/runs.js';

describe('a document in pieces', () => {
  test('is the text that JSON.stringify makes of it', () => {
    const key = fc.oneof(fc.constantFrom('a', 'columns', 'é"'), fc.string({ maxLength: 4 }));
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 7 },
        fc.constantFrom(null, undefined, true, 1.5, Number.NaN, 'text', '"\n', -1),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(key, tree, { maxKeys: 5, noNullPrototype: true }), (document) => {
        expect(toJson(document)).toBe(`${JSON.stringify(document, null, 2)}\n`);
      }),
      { numRuns: runs({ sample: 200, full: 10_000 }), seed: testSeed },
    );
  });

  test('has no piece of more than one subtask of a raw `_metadata`', () => {
    const subtask = { index: 0, states: Array(50).fill({ kind: 'file', size: 1 }) };
    const operator = { id: 'a', subtasks: Array(20).fill(subtask) };
    const document = { schema: 's', metadata: { operators: Array(3).fill(operator), fileCount: 1 } };
    const longest = Math.max(...Array.from(jsonPieces(document), ({ length }) => length));
    expect(longest).toBeLessThan(2 * JSON.stringify(subtask, null, 12).length);
    expect(JSON.parse(toJson(document))).toEqual(document);
  });
});
