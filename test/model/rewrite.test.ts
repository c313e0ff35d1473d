import { describe, expect, it } from 'vitest';
import { formatLocation } from '../../src/model/location.js';
import { parseRewrite, resolvePath } from '../../src/model/rewrite.js';
import { UsageError } from '../../src/support/errors.js';

function resolve(path: string, ...rewrites: string[]): string | null {
  const location = resolvePath(
    path,
    rewrites.map((text) => parseRewrite(text, '/cwd')),
  );
  return location && formatLocation(location);
}

describe('rewriting references', () => {
  it.each([
    ['file:/tmp/flink/a/f', 'file:/tmp/flink=/copy', 'file:///copy/a/f'],
    ['file:/tmp/flink/a/f', 'file:///tmp/flink/=/copy/', 'file:///copy/a/f'],
    ['file:/tmp/flink/a/f', '/tmp/flink=copy', 'file:///cwd/copy/a/f'],
    ['file:/tmp/flink', '/tmp/flink=/copy', 'file:///copy'],
    ['file:/a/f', '/=/copy', 'file:///copy/a/f'],
    ['s3a://bucket/x/f', 's3://bucket=/mnt', 'file:///mnt/x/f'],
    ['hdfs://nn:8020/x/f', 'hdfs://nn:8020/x=s3://bucket', 's3://bucket/f'],
  ])('looks %s up with %s at %s', (path, rewrite, expected) => {
    expect(resolve(path, rewrite)).toBe(expected);
  });

  it('matches whole path segments only', () => {
    expect(resolve('file:/tmp/flink-2/f', '/tmp/flink=/copy')).toBe('file:///tmp/flink-2/f');
    expect(resolve('gs://bucket-2/f', 'gs://bucket=/copy')).toBeNull();
  });

  it('leaves other stores and other buckets alone', () => {
    expect(resolve('s3://other/x', 's3://bucket=/copy')).toBe('s3://other/x');
    expect(resolve('s3://tmp/flink/x', '/tmp/flink=/copy')).toBe('s3://tmp/flink/x');
  });

  it('takes the first that fits, and rewrites once', () => {
    expect(resolve('file:/a/b/f', '/a/b=/one', '/a=/two')).toBe('file:///one/f');
    expect(resolve('file:/a/f', '/a=/b', '/b=/c')).toBe('file:///b/f');
  });

  it('makes a path of a scheme that is unknown here readable', () => {
    expect(resolve('gs://bucket/dir/f')).toBeNull();
    expect(resolve('gs://bucket/dir/f', 'gs://bucket/dir/=/mnt/gcs')).toBe('file:///mnt/gcs/f');
  });

  it('follows .. before it compares, so that nothing leads out of the place it is rewritten to', () => {
    expect(resolve('file:/tmp/flink/../../etc/passwd', '/tmp/flink=/copy')).toBe('file:///etc/passwd');
    expect(resolve('gs://bucket/dir/../../f', 'gs://bucket/dir=/mnt/gcs')).toBeNull();
    expect(resolve('gs://bucket//dir/./f', 'gs://bucket/dir=/mnt/gcs')).toBe('file:///mnt/gcs/f');
  });

  it.each(['', 'nothing', '=/copy', '/from=', 'ftp:=/x'])('refuses %j', (text) => {
    expect(() => parseRewrite(text, '/cwd')).toThrow(UsageError);
  });
});
