import { describe, expect, it } from 'vitest';
import { formatLocation, parseLocation } from '../../src/model/location.js';
import { parseRewrite } from '../../src/model/rewrite.js';
import { contentsOf } from '../../src/survey/contents.js';
import { placeOf } from '../../src/survey/layout.js';
import { filesOf } from '../support/reference-tables.js';
import {
  changelogFiles,
  type DocumentParts,
  file,
  incremental,
  inline,
  merged,
  metadataBytes,
  relative,
  segment,
} from './documents.js';

const CHK = 's3://b/ckpt/0a6d8e2b0094db680d9a9874fabf74e8/chk-5';

function contents(parts: DocumentParts, ...rewrites: string[]) {
  return contentsOf(metadataBytes(parts), placeOf(parseLocation(CHK, '/')), {
    rewrites: rewrites.map((text) => parseRewrite(text, '/')),
  });
}

function files(parts: DocumentParts, ...rewrites: string[]) {
  return filesOf(contents(parts, ...rewrites).references.files).map(({ location, ...rest }) => ({
    path: formatLocation(location),
    ...rest,
  }));
}

describe('the references of a snapshot', () => {
  it('resolve relative paths against the directory of the `_metadata` that was opened', () => {
    expect(files({ streams: [relative('f', 7)] }, 's3://b=/copy')).toEqual([
      {
        path: `${CHK}/f`,
        kind: 'relative-file',
        scope: 'exclusive',
        handles: 1,
        sizeBytes: 7n,
        sizeRule: 'exact',
      },
    ]);
  });

  it('are one for each file, however it is spelt and however many handles point there', () => {
    const streams = [file('s3://b/x/f', 7), file('s3a://b//x/./f', 7), file('s3://b/x/f', 7)];
    expect(files({ streams })).toMatchObject([{ path: 's3://b/x/f', handles: 3, sizeBytes: 7n }]);
    expect(files({ streams: [relative('f', 7), file(`${CHK}/f`, 7)] })).toMatchObject([{ handles: 2 }]);
  });

  it('stand in the order of their paths', () => {
    const streams = ['s3://b/z', 's3://b/a', 's3://a/z'].map((path) => file(path, 1));
    expect(files({ streams }).map(({ path }) => path)).toEqual(['s3://a/z', 's3://b/a', 's3://b/z']);
  });

  it('reach to the end of the furthest segment', () => {
    const streams = [segment('s3://b/m', 10, 5), segment('s3://b/m', 0, 10), segment('s3://b/m', 4, 2)];
    expect(files({ streams })).toMatchObject([
      { kind: 'segment', handles: 3, sizeBytes: 15n, sizeRule: 'at-least' },
    ]);
  });

  it('ask of a file that is used whole and in parts that it reaches far enough for both', () => {
    expect(files({ streams: [file('s3://b/m', 20), segment('s3://b/m', 0, 10)] })).toMatchObject([
      { sizeBytes: 20n, sizeRule: 'at-least' },
    ]);
  });

  it('allow a changelog file one byte more, and any size where none is known', () => {
    expect(files({ keyed: [changelogFiles([file('s3://b/d', 9)], 9)] })).toMatchObject([
      { sizeBytes: 9n, sizeRule: 'exact-or-one-more', scope: 'other' },
    ]);
    expect(files({ streams: [file('s3://b/f', -1)] })).toMatchObject([{ sizeBytes: -1n, sizeRule: 'any' }]);
  });

  it('never include the names of inline state or empty segments', () => {
    const { references, inlineBytes } = contents({
      streams: [inline(`${CHK}/looks-like-a-file`, 'state'), { kind: 'segment-empty' }],
    });
    const counts = Object.values(references).map(({ count }) => count);
    expect(counts).toEqual([0, 0, 0]);
    expect(inlineBytes).toBe(5n);
  });

  it('include directories of merged files, apart, even where one is named as a file too', () => {
    const operator = [
      merged({ kind: 'segment-empty' }, 's3://b/taskowned/tm', 's3://b/shared/op'),
      merged(segment('s3://b/taskowned/tm', 0, 3), 's3a://b/taskowned/tm/', 's3://b/shared/op'),
    ];
    const { references } = contents({ operator });
    const { directories } = references;
    const rows = Array.from(directories.inOrder());
    expect(rows.map((row) => [formatLocation(directories.location(row)), directories.handles(row)])).toEqual([
      ['s3://b/shared/op', 2],
      ['s3://b/taskowned/tm', 2],
    ]);
    expect(filesOf(references.files).map(({ location }) => formatLocation(location))).toEqual([
      's3://b/taskowned/tm',
    ]);
  });

  it('keep a path that names nothing we know, and count it', () => {
    const { references } = contents({
      streams: [file('gs://bucket/f', 1), file('gs://bucket/f', 1), file('no uri at all', 1)],
      operator: [merged({ kind: 'segment-empty' }, 'gs://bucket/tm', 's3://b/shared/op')],
    });
    const { unresolvable } = references;
    const rows = Array.from(unresolvable.inOrder());
    expect(
      rows.map((row) => [unresolvable.path(row), unresolvable.kind(row), unresolvable.handles(row)]),
    ).toEqual([
      ['gs://bucket/f', 'file', 2],
      ['gs://bucket/tm', 'directory', 1],
      ['no uri at all', 'file', 1],
    ]);
    expect(references.files.count).toBe(0);
  });

  it('are rewritten on whole path segments', () => {
    const streams = [file('s3://b/ckpt/f', 1), file('s3://b/ckpt-2/f', 1), file('gs://x/f', 1)];
    expect(files({ streams }, 's3a://b/ckpt=/copy', 'gs://x=/gcs').map(({ path }) => path)).toEqual([
      'file:///copy/f',
      'file:///gcs/f',
      's3://b/ckpt-2/f',
    ]);
  });

  it.each([
    ['..', 's3://b/ckpt/0a6d8e2b0094db680d9a9874fabf74e8'],
    ['../shared/f', 's3://b/ckpt/0a6d8e2b0094db680d9a9874fabf74e8/shared/f'],
    ['../../../../../../etc/passwd', 's3://b/etc/passwd'],
    ['/etc/passwd', `${CHK}/etc/passwd`],
  ])('stay in their store when a relative path is %j', (path, expected) => {
    expect(files({ streams: [relative(path, 1)] })).toMatchObject([{ path: expected }]);
  });
});

describe('the sizes of a snapshot', () => {
  it('are those that it recorded as written anew', () => {
    const { stateBytes, checkpointedBytes } = contents({
      keyed: [incremental([file('s3://b/a', 100), file('s3://b/c', 50)], 56n)],
    });
    expect([stateBytes, checkpointedBytes]).toEqual([156n, 56n]);
  });

  it('leave open how much is new, where a handle that may reuse files does not tell', () => {
    const { checkpointedBytes } = contents({ keyed: [incremental([file('s3://b/a', 100)], -1n)] });
    expect(checkpointedBytes).toBeNull();
  });
});

describe('the kind of a snapshot', () => {
  it('is what its properties say, whatever its directory is called', () => {
    expect(contents({ savepoint: true }).kind).toBe('savepoint');
  });

  it('is told by its directory where there are no properties', () => {
    expect(contents({ version: 3 }).kind).toBe('checkpoint');
  });

  it('is a savepoint where neither tells, so that no rule takes it for one of many', () => {
    const place = placeOf(parseLocation('s3://b/before-the-upgrade', '/'));
    expect(contentsOf(metadataBytes({ version: 3 }), place, { rewrites: [] }).kind).toBe('savepoint');
  });
});
