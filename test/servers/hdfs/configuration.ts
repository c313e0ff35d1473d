// The configuration of a cluster for tests: Hadoop's XML files, a certificate.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Properties = Readonly<Record<string, string>>;

/** Writes `<name>` of a Hadoop configuration directory. */
export function writeSiteFile(directory: string, name: string, properties: Properties): void {
  const rows = Object.entries(properties).map(
    ([key, value]) =>
      `  <property><name>${escapeXml(key)}</name><value>${escapeXml(value)}</value></property>`,
  );
  writeFileSync(join(directory, name), `<configuration>\n${rows.join('\n')}\n</configuration>\n`);
}

/** What the daemons want beside the site files: folders of their web pages, where to log. */
export function writeDaemonFiles(directory: string): void {
  for (const page of ['hdfs', 'datanode', 'static', 'secondary']) {
    mkdirSync(join(directory, 'webapps', page), { recursive: true });
  }
  const lines = [
    'log4j.rootLogger=WARN,console',
    'log4j.appender.console=org.apache.log4j.ConsoleAppender',
    'log4j.appender.console.target=System.err',
    'log4j.appender.console.layout=org.apache.log4j.PatternLayout',
    'log4j.appender.console.layout.ConversionPattern=%d %p %c{2}: %m%n',
    'log4j.logger.org.apache.hadoop.util.NativeCodeLoader=ERROR',
  ];
  writeFileSync(join(directory, 'log4j.properties'), `${lines.join('\n')}\n`);
}

const PASSWORD = 'changeit';

/** Makes a key for 127.0.0.1 and the ssl-server.xml that names it; returns the certificate as PEM. */
export function writeTlsFiles(directory: string): string {
  const keystore = join(directory, 'keystore.p12');
  const common = ['-alias', 'hdfs', '-keystore', keystore, '-storepass', PASSWORD];
  const subject = ['-dname', 'CN=127.0.0.1', '-ext', 'san=ip:127.0.0.1', '-validity', '2'];
  keytool('-genkeypair', ...common, '-storetype', 'PKCS12', '-keyalg', 'EC', ...subject);
  const certificate = join(directory, 'certificate.pem');
  keytool('-exportcert', '-rfc', ...common, '-file', certificate);
  writeSiteFile(directory, 'ssl-server.xml', {
    'ssl.server.keystore.location': keystore,
    'ssl.server.keystore.password': PASSWORD,
    'ssl.server.keystore.keypassword': PASSWORD,
    'ssl.server.keystore.type': 'PKCS12',
  });
  return readFileSync(certificate, 'utf8');
}

function keytool(...options: readonly string[]): void {
  const done = spawnSync('keytool', options, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`keytool ${options[0]}: ${done.stdout}${done.stderr}`);
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
