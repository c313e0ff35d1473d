import { describe, expect, it } from 'vitest';
import { parseLocation } from '../../../src/model/location.js';
import { nameNodesOf } from '../../../src/storage/hdfs/addresses.js';
import { UsageError } from '../../../src/support/errors.js';

const PAIR = {
  'fs.defaultFS': 'hdfs://ns',
  'dfs.nameservices': 'ns, other',
  'dfs.ha.namenodes.ns': 'nn1,nn2',
  'dfs.namenode.rpc-address.ns.nn1': 'a:8020',
  'dfs.namenode.rpc-address.ns.nn2': 'b:8020',
  'dfs.namenode.http-address.ns.nn1': 'a:50070',
  'dfs.namenode.http-address.ns.nn2': '0.0.0.0:50071',
  'dfs.namenode.https-address.ns.nn1': 'a:50470',
  'dfs.namenode.rpc-address.other': 'c:8020',
};

interface Given {
  readonly webhdfs?: readonly string[];
  readonly properties?: Readonly<Record<string, string>>;
}

function origins(uri: string, { webhdfs = [], properties }: Given = {}): readonly string[] {
  const configuration =
    properties === undefined ? null : (name: string): string | undefined => properties[name];
  return nameNodesOf(parseLocation(uri, '/'), { webhdfs, configuration }).map(({ href }) => href);
}

describe('nameNodesOf', () => {
  it('takes the host of hdfs:// and the usual port of WebHDFS, for its own port is that of the RPC', () => {
    expect(origins('hdfs://nn:8020/x')).toEqual(['http://nn:9870/']);
    expect(origins('hdfs://nn/x')).toEqual(['http://nn:9870/']);
    expect(origins('hdfs://[::1]:8020/x')).toEqual(['http://[::1]:9870/']);
  });

  it('takes webhdfs:// and swebhdfs:// as they are', () => {
    expect(origins('webhdfs://nn:50070/x')).toEqual(['http://nn:50070/']);
    expect(origins('webhdfs://nn/x')).toEqual(['http://nn:9870/']);
    expect(origins('swebhdfs://nn/x')).toEqual(['https://nn:9871/']);
    expect(origins('swebhdfs://nn:443/x')).toEqual(['https://nn/']);
  });

  it('believes --webhdfs before everything else, each address a NameNode', () => {
    const webhdfs = ['x:1', 'y:2'];
    expect(origins('hdfs://ns/x', { webhdfs, properties: PAIR })).toEqual(['http://x:1/', 'http://y:2/']);
    expect(origins('hdfs:///x', { webhdfs })).toEqual(['http://x:1/', 'http://y:2/']);
    expect(origins('swebhdfs://ns/x', { webhdfs })).toEqual(['https://x:1/', 'https://y:2/']);
  });

  it('finds all NameNodes of a name service, as the default file system too', () => {
    const pair = ['http://a:50070/', 'http://b:50071/'];
    expect(origins('hdfs://ns/x', { properties: PAIR })).toEqual(pair);
    expect(origins('hdfs:///x', { properties: PAIR })).toEqual(pair);
    expect(origins('webhdfs://ns/x', { properties: PAIR })).toEqual(pair);
    expect(origins('hdfs://other/x', { properties: PAIR })).toEqual(['http://c:9870/']);
  });

  it('speaks https where it is asked to or nothing else is served', () => {
    const secure = ['https://a:50470/', 'https://b:9871/'];
    expect(origins('swebhdfs://ns/x', { properties: PAIR })).toEqual(secure);
    expect(origins('hdfs://ns/x', { properties: { ...PAIR, 'dfs.http.policy': 'HTTPS_ONLY' } })).toEqual(
      secure,
    );
  });

  it('finds the address of a NameNode that is named by its RPC address', () => {
    expect(origins('hdfs://a:8020/x', { properties: PAIR })).toEqual(['http://a:50070/']);
    const single = { 'fs.defaultFS': 'hdfs://nn', 'dfs.namenode.http-address': 'web:1234' };
    expect(origins('hdfs://nn:8020/x', { properties: single })).toEqual(['http://web:1234/']);
    expect(origins('hdfs:///x', { properties: single })).toEqual(['http://web:1234/']);
    expect(origins('hdfs://elsewhere:8020/x', { properties: single })).toEqual(['http://elsewhere:9870/']);
  });

  it.each([
    ['hdfs:///x', {}],
    ['hdfs:///x', { properties: {} }],
    ['hdfs:///x', { properties: { 'fs.defaultFS': 'file:///' } }],
    ['hdfs://nn/x', { webhdfs: ['http://nn:9870'] }],
    ['hdfs://nn/x', { webhdfs: ['nn:port'] }],
    ['hdfs://nn/x', { webhdfs: ['user@nn:1'] }],
  ])('refuses %s with %j', (uri, given) => {
    expect(() => origins(uri, given)).toThrow(UsageError);
  });
});
