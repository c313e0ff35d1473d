import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { contentsOf } from '../../src/survey/contents.js';
import { placeOf } from '../../src/survey/layout.js';
import { located } from '../support/reference-tables.js';
import { file, incremental, metadataBytes } from './documents.js';

const SUBTASKS = 100;
const TABLES = 1_000;

describe('the references of a large snapshot', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const used = () => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };

  it('take a hundred bytes each at most, besides the bytes that were read', () => {
    const keyed = Array.from({ length: SUBTASKS }, (_, subtask) =>
      incremental(
        Array.from({ length: TABLES }, (__, table) =>
          file(
            `s3://bucket/flink/0a6d8e2b0094db680d9a9874fabf74e8/shared/${subtask}-4000-8000-${table}`,
            table,
          ),
        ),
        1n,
      ),
    );
    const bytes = metadataBytes({ keyed });
    const place = placeOf(located('s3://bucket/flink/0a6d8e2b0094db680d9a9874fabf74e8/chk-1'));
    keyed.length = 0;
    collectGarbage();
    const before = used();
    const { references, operatorFiles } = contentsOf(bytes, place, { rewrites: [] });
    collectGarbage();
    const taken = used() - before;
    expect(references.files.count).toBe(SUBTASKS * TABLES);
    expect(operatorFiles).toEqual([SUBTASKS * TABLES]);
    expect(taken).toBeLessThan(100 * SUBTASKS * TABLES);
  });
});
