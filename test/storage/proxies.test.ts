import { describe, expect, it } from 'vitest';
import { type ProxySettings, proxyTo } from '../../src/storage/proxies.js';
import { UsageError } from '../../src/support/errors.js';

const BOTH: ProxySettings = { http: 'http://plain.test:3128', https: 'http://secure.test:3128' };
const way = (url: string, settings: ProxySettings) => proxyTo(new URL(url), settings);

describe('the way to a server', () => {
  it('goes through the proxy of its protocol, and directly where there is none', () => {
    expect(way('http://nn:9870/', BOTH)).toBe('http://plain.test:3128');
    expect(way('https://s3.amazonaws.com/', BOTH)).toBe('http://secure.test:3128');
    expect(way('http://nn:9870/', { https: 'http://secure.test:3128' })).toBeNull();
  });

  it.each(['http://localhost:9000/', 'http://127.0.0.1:9000/', 'http://127.8.0.1/', 'http://[::1]:9000/'])(
    'to this machine, %s, goes through none',
    (url) => {
      expect(way(url, BOTH)).toBeNull();
    },
  );

  it.each([
    ['*', 'http://anything.test/', true],
    ['example.com', 'http://example.com/', true],
    ['example.com', 'http://nn1.example.com:9870/', true],
    ['.example.com', 'http://nn1.example.com/', true],
    ['*.example.com', 'http://nn1.EXAMPLE.com/', true],
    ['example.com', 'http://badexample.com/', false],
    ['example.com:9870', 'http://example.com:9870/', true],
    ['example.com:9870', 'http://example.com/', false],
    ['example.com:443', 'https://example.com/', true],
    ['a.test, example.com', 'http://example.com/', true],
    ['a.test example.com', 'http://example.com/', true],
    ['10.0.0.0/8', 'http://10.1.2.3:9870/', true],
    ['10.0.0.0/8', 'http://11.1.2.3:9870/', false],
    ['10.0.0.0/99', 'http://10.1.2.3/', false],
    ['10.1.2.3', 'http://10.1.2.3:9870/', true],
    ['1.2.3', 'http://10.1.2.3/', false],
    ['fd00::/8', 'http://[fd12::1]:9870/', true],
    ['[fd12::1]:9870', 'http://[fd12::1]:9870/', true],
    ['', 'http://example.com/', false],
  ])('with NO_PROXY %s to %s is direct: %s', (except, url, isDirect) => {
    expect(way(url, { ...BOTH, except }) === null).toBe(isDirect);
  });

  it('leads through a proxy without a scheme by http, and through no SOCKS', () => {
    expect(way('http://nn/', { http: 'me:secret@proxy.test:3128' })).toBe('http://me:secret@proxy.test:3128');
    expect(() => way('http://nn/', { http: 'socks5://proxy.test' })).toThrow(UsageError);
    expect(() => way('http://nn/', { http: 'http://' })).toThrow(UsageError);
  });
});
