// Long arrays in JSON documents, read row by row: the same as reading all at once, wherever the pieces are cut.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonRows, textWithRows } from '../../src/support/json-rows.js';
import { testSeed } from './runs.js';

const PLACE = { name: 'rows', depth: 2 };

function read(text: string, pieceBytes = 7) {
  const rows: unknown[] = [];
  const reader = new JsonRows(PLACE, (row) => rows.push(row));
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += pieceBytes)
    reader.push(bytes.subarray(start, start + pieceBytes));
  return { document: reader.end(), rows };
}

const value = fc.jsonValue({ maxDepth: 2 });
const others = fc.dictionary(
  fc.string().filter((name) => name !== 'rows'),
  value,
);

describe('rows of a JSON document', () => {
  it('are handed out one by one, and the rest is what JSON.parse says of it', () => {
    const shape = fc.record({
      rows: fc.array(value),
      before: others,
      behind: others,
      pieceBytes: fc.integer({ min: 1, max: 50 }),
      indent: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(shape, ({ rows, before, behind, pieceBytes, indent }) => {
        const documentOf = (array: readonly unknown[]) => ({
          behind: [before, 'rows', ['rows'], { other: { rows: [1] } }],
          plan: { ...before, rows: array, ...behind },
          'rows"': { rows: 5 },
        });
        const text = JSON.stringify(documentOf(rows), null, indent);
        const wanted = {
          document: JSON.parse(JSON.stringify(documentOf([]))),
          rows: JSON.parse(JSON.stringify(rows)),
        };
        expect(read(text, pieceBytes)).toEqual(wanted);
      }),
      { seed: testSeed, numRuns: 200 },
    );
  });

  it.each([
    ['a comma too many', '{"plan":{"rows":[1,]}}'],
    ['a comma too few', '{"plan":{"rows":[{} {}]}}'],
    ['only commas', '{"plan":{"rows":[,]}}'],
    ['an end too early', '{"plan":{"rows":[1'],
    ['an open text', '{"plan":{"rows":["a]}}'],
    ['the wrong bracket', '{"plan":{"rows":[1}}]'],
    ['something behind', '{"plan":{"rows":[1]}}}'],
    ['no name', '{"plan":{:[1]}}'],
    ['rows twice', '{"plan":{"rows":[1],"rows":[2]}}'],
    ['nothing', ''],
  ])('are refused with %s', (_, text) => {
    expect(() => read(text)).toThrow(SyntaxError);
  });

  it('are written where the document ends with an empty array', () => {
    const rows = Array.from({ length: 1203 }, (_, id) => ({ id, text: '],"' }));
    const document = { head: [[1], { a: ']' }], plan: { id: 5, rows: [] } };
    for (const some of [rows, rows.slice(0, 1), []]) {
      const text = [...textWithRows(document, some)].join('');
      expect(JSON.parse(text)).toEqual({ ...document, plan: { id: 5, rows: some } });
    }
  });
});
