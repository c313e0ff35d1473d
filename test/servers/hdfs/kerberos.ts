// A Kerberos realm (MiniKdc) with a secured NameNode and DataNode on localhost, and delegation tokens of its user
// alice.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onFreePorts } from '../ports.js';
import { type Properties, writeDaemonFiles, writeSiteFile } from './configuration.js';
import { type Daemon, hadoopClasspath, runJava, startDaemon } from './java.js';

const TOKENS = fileURLToPath(new URL('DelegationTokens.java', import.meta.url));
const REALM = 'EXAMPLE.COM';
const HDFS = `hdfs/localhost@${REALM}`;
const HTTP = `HTTP/localhost@${REALM}`;
const NAMENODE = 'org.apache.hadoop.hdfs.server.namenode.NameNode';
const DATANODE = 'org.apache.hadoop.hdfs.server.datanode.DataNode';

export interface SecuredHdfs {
  readonly httpAddress: string;
  /** A delegation token of alice, who owns /alice. */
  readonly token: string;
  /** Files that hold it, in both forms. */
  readonly tokenFiles: readonly string[];
  readonly cancelToken: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts the realm and the cluster; throws where one does not come up. */
export function startSecuredHdfs(): Promise<SecuredHdfs> {
  return onFreePorts(6, startOn);
}

async function startOn(ports: readonly number[]): Promise<SecuredHdfs> {
  const directory = mkdtempSync(join(tmpdir(), 'ckpt-kerberos-'));
  const conf = join(directory, 'conf');
  mkdirSync(conf);
  const daemons: Daemon[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(daemons.map((daemon) => daemon.kill()));
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const [kdcPort, rpc, http, ...dataNode] = ports;
    const keytab = join(directory, 'all.keytab');
    const classpath = `${conf}:${hadoopClasspath()}`;
    daemons.push(await startRealm(directory, { classpath, port: kdcPort!, keytab }));
    writeDaemonFiles(conf);
    writeSiteFile(conf, 'core-site.xml', securedCore(directory, keytab, rpc!));
    writeSiteFile(conf, 'hdfs-site.xml', securedSite(directory, keytab, [rpc!, http!, ...dataNode]));
    const options = [`-Djava.security.krb5.conf=${join(directory, 'kdc', 'krb5.conf')}`];
    const program = { classpath, heapMb: 400, options };
    await runJava({
      ...program,
      name: 'format',
      arguments: [NAMENODE, '-format', '-nonInteractive', '-force'],
    });
    daemons.push(startDaemon({ ...program, name: 'nn', arguments: [NAMENODE] }, directory));
    daemons.push(startDaemon({ ...program, name: 'dn', arguments: [DATANODE] }, directory));
    const answers = async (): Promise<boolean> =>
      (await fetch(`http://localhost:${http}`).catch(() => null)) !== null;
    await until(daemons[1]!, answers);
    const tokens = (...rest: readonly string[]): Promise<string> =>
      runJava({ ...program, name: 'tokens', arguments: [TOKENS, ...rest] });
    const file = join(directory, 'tokens');
    const token = (await tokens('get', keytab, file)).trim();
    const tokenFiles = [`${file}.WRITABLE`, `${file}.PROTOBUF`];
    const cancelToken = async (): Promise<void> => void (await tokens('cancel', keytab, token));
    return { httpAddress: `localhost:${http}`, token, tokenFiles, cancelToken, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

async function startRealm(
  directory: string,
  realm: { readonly classpath: string; readonly port: number; readonly keytab: string },
): Promise<Daemon> {
  const properties = join(directory, 'kdc.properties');
  const lines = [
    'org.name=EXAMPLE',
    'org.domain=COM',
    'kdc.bind.address=localhost',
    `kdc.port=${realm.port}`,
    'instance=DefaultKrbServer',
    'max.ticket.lifetime=86400000',
    'max.renewable.lifetime=604800000',
    'transport=TCP',
    'debug=false',
  ];
  writeFileSync(properties, `${lines.join('\n')}\n`);
  const principals = ['hdfs/localhost', 'HTTP/localhost', 'alice'];
  mkdirSync(join(directory, 'kdc'));
  const main = [
    'org.apache.hadoop.minikdc.MiniKdc',
    join(directory, 'kdc'),
    properties,
    realm.keytab,
    ...principals,
  ];
  const kdc = startDaemon(
    { name: 'kdc', classpath: realm.classpath, heapMb: 200, arguments: main },
    directory,
  );
  await until(kdc, async () => kdc.lastLines().includes('Do <CTRL-C>'));
  return kdc;
}

function securedCore(directory: string, keytab: string, rpc: number): Properties {
  const secret = join(directory, 'secret');
  writeFileSync(secret, 'signs the cookies of this test');
  return {
    'fs.defaultFS': `hdfs://localhost:${rpc}`,
    'hadoop.tmp.dir': join(directory, 'tmp'),
    'hadoop.security.authentication': 'kerberos',
    'hadoop.security.authorization': 'true',
    'hadoop.http.authentication.type': 'kerberos',
    'hadoop.http.authentication.kerberos.keytab': keytab,
    'hadoop.http.authentication.kerberos.principal': HTTP,
    'hadoop.http.filter.initializers': 'org.apache.hadoop.security.AuthenticationFilterInitializer',
    'hadoop.http.authentication.signature.secret.file': secret,
  };
}

function securedSite(directory: string, keytab: string, ports: readonly number[]): Properties {
  const [rpc, http, transfer, dataHttp, ipc] = ports;
  return {
    'dfs.namenode.kerberos.principal': HDFS,
    'dfs.datanode.kerberos.principal': HDFS,
    'dfs.namenode.keytab.file': keytab,
    'dfs.datanode.keytab.file': keytab,
    'dfs.web.authentication.kerberos.principal': HTTP,
    'dfs.web.authentication.kerberos.keytab': keytab,
    'dfs.namenode.kerberos.internal.spnego.principal': HTTP,
    'dfs.block.access.token.enable': 'true',
    'ignore.secure.ports.for.testing': 'true',
    'dfs.http.policy': 'HTTP_ONLY',
    'dfs.replication': '1',
    'dfs.namenode.rpc-address': `localhost:${rpc}`,
    'dfs.namenode.http-address': `localhost:${http}`,
    'dfs.namenode.name.dir': join(directory, 'nn'),
    'dfs.namenode.safemode.extension': '0',
    'dfs.namenode.datanode.registration.ip-hostname-check': 'false',
    'dfs.datanode.hostname': 'localhost',
    'dfs.datanode.address': `localhost:${transfer}`,
    'dfs.datanode.http.address': `localhost:${dataHttp}`,
    'dfs.datanode.ipc.address': `localhost:${ipc}`,
    'dfs.datanode.data.dir': join(directory, 'dn'),
  };
}

async function until(daemon: Daemon, done: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 1200; attempt++) {
    if (await done()) return;
    if (!daemon.running()) break;
    await delay(100);
  }
  throw new Error(`${daemon.name} did not come up:\n${daemon.lastLines()}`);
}
