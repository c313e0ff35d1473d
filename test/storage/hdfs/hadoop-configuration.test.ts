import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLocation } from '../../../src/model/location.js';
import { hadoopConfiguration } from '../../../src/storage/hdfs/hadoop-configuration.js';
import { readHadoopConfiguration } from '../../../src/storage/hdfs/open.js';
import { MemoryStorage } from '../../../src/storage/memory.js';
import { UsageError } from '../../../src/support/errors.js';
import { runs, testSeed } from '../../support/runs.js';

const read = (...texts: readonly string[]) =>
  hadoopConfiguration(texts.map((text, i) => ({ name: `file${i}.xml`, text })));
const variable = (name: string) => `$\{${name}}`;
const property = (name: string, value: string, rest = '') =>
  `<property><name>${name}</name><value>${value}</value>${rest}</property>`;
const configuration = (...properties: readonly string[]) =>
  `<configuration>${properties.join('\n')}</configuration>`;

describe('hadoopConfiguration', () => {
  it('reads what Hadoop and its administrators write', () => {
    const get = read(`\uFEFF<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="configuration.xsl"?>
<!-- a comment with <property> and - dashes -->
<configuration>
  <property>
    <name> a </name>
    <value>
      1
    </value>
    <description>says <![CDATA[<b>&amp;</b>]]></description>
    <source>hdfs-site.xml</source>
  </property>
  <property><name>b</name><value>x &lt;&amp;&gt; &#65;&#x42; <!-- no -->y</value></property>
  <property><value><![CDATA[<&>]]></value><name>c</name></property>
  <property name='d' value="&quot;4&quot;" final="true"/>
  <property><name>empty</name><value/></property>
</configuration>
`);
    const values = ['a', 'b', 'c', 'd', 'empty', 'absent'].map((name) => get(name));
    expect(values).toEqual(['1', 'x <&> AB y', '<&>', '"4"', undefined, undefined]);
  });

  it('lets the last file win, unless an earlier one is final', () => {
    const core = configuration(property('a', '1'), property('b', '1', '<final>true</final>'));
    const get = read(core, configuration(property('a', '2'), property('b', '2')));
    expect([get('a'), get('b')]).toEqual(['2', '1']);
  });

  it('replaces variables by other properties, of later files too', () => {
    const get = read(
      configuration(
        property('address', `${variable('host')}:${variable('port')}`),
        property('host', `nn.${variable('domain')}`),
      ),
      configuration(property('port', '9870'), property('domain', 'example.com')),
    );
    expect(get('address')).toBe('nn.example.com:9870');
  });

  it('refuses a variable that is not set or leads in a circle, where it is asked for', () => {
    const get = read(
      configuration(
        property('a', `${variable('env.HOST')}:1`),
        property('b', variable('c')),
        property('c', variable('b')),
        property('d', '4'),
      ),
    );
    expect(() => get('a')).toThrow(/\$\{env.HOST\} is not set/);
    expect(() => get('b')).toThrow(/circle/);
    expect(get('d')).toBe('4');
  });

  it.each([
    ['no XML', 'fs.defaultFS: hdfs://nn'],
    ['nothing in it', ' '],
    ['cut off', '<configuration><property>'],
    ['crossed tags', '<configuration><property></configuration></property>'],
    ['an unknown reference', configuration(property('a', '&nbsp;'))],
    ['a bare ampersand', configuration(property('a', 'b & c'))],
    ['another root', '<settings/>'],
    ['another element', '<configuration><setting/></configuration>'],
    ['a property without a name', '<configuration><property><value>1</value></property></configuration>'],
    ['an included file', '<configuration><xi:include href="other.xml"/></configuration>'],
    ['entities of its own', '<!DOCTYPE c [<!ENTITY e "x">]><configuration/>'],
  ])('refuses a document with %s', (_, document) => {
    expect(() => read(document)).toThrow(UsageError);
  });

  it('gives back any value that was written escaped, and never fails otherwise than by a UsageError', () => {
    const escaped = (value: string) =>
      [...value].map((character) => `&#${character.codePointAt(0)};`).join('');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (value, junk) => {
        fc.pre(!value.includes('$') && value === value.trim() && value !== '');
        expect(read(configuration(property('a', escaped(value))))('a')).toBe(value);
        try {
          read(configuration(property('a', junk)))('b');
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(UsageError);
        }
      }),
      { numRuns: runs({ sample: 50, full: 2000 }), seed: testSeed },
    );
  });
});

describe('readHadoopConfiguration', () => {
  const directory = parseLocation('memory://m/conf', '/');

  it('takes both files where both are there', async () => {
    const files = new MemoryStorage();
    await files.makeDirectory(directory);
    const put = (name: string, text: string) =>
      files.put({ ...directory, path: `/conf/${name}` }, new TextEncoder().encode(text));
    await put('hdfs-site.xml', configuration(property('a', '2')));
    expect((await readHadoopConfiguration(files, directory))('a')).toBe('2');
    await put('core-site.xml', configuration(property('b', '1')));
    expect((await readHadoopConfiguration(files, directory))('b')).toBe('1');
  });

  it('refuses a directory that has neither', async () => {
    await expect(readHadoopConfiguration(new MemoryStorage(), directory)).rejects.toThrow(UsageError);
  });
});
