// A real HDFS on 127.0.0.1: one NameNode, or an HA pair over a shared edits directory, and one DataNode, with WebHDFS
// by http and https. Each is a JVM of its own; data lives in a temporary directory and dies with the cluster.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { onFreePorts } from '../ports.js';
import { type Properties, writeDaemonFiles, writeSiteFile, writeTlsFiles } from './configuration.js';
import { type Daemon, hadoopClasspath, runJava, startDaemon } from './java.js';

const NAMENODE = 'org.apache.hadoop.hdfs.server.namenode.NameNode';
const DATANODE = 'org.apache.hadoop.hdfs.server.datanode.DataNode';
const TOOLS = {
  dfs: 'org.apache.hadoop.fs.FsShell',
  dfsadmin: 'org.apache.hadoop.hdfs.tools.DFSAdmin',
  haadmin: 'org.apache.hadoop.hdfs.tools.DFSHAAdmin',
} as const;

/** The name service of an HA pair. */
export const NAME_SERVICE = 'ckpt';

export interface NameNode {
  readonly id: string;
  readonly httpAddress: string;
  readonly httpsAddress: string;
  readonly rpcAddress: string;
  readonly daemon: Daemon;
}

export interface HdfsCluster {
  /** For HADOOP_CONF_DIR. */
  readonly configurationDirectory: string;
  /** Without a path: `hdfs://127.0.0.1:8020`, of an HA pair `hdfs://ckpt`. */
  readonly uri: string;
  /** The superuser: whoever started it. */
  readonly user: string;
  readonly certificate: string;
  /** The first is active at the start. */
  readonly nameNodes: readonly NameNode[];
  readonly dataNode: Daemon;
  /** Runs `hdfs dfs`, `hdfs dfsadmin` or `hdfs haadmin` and returns what it printed. */
  readonly hdfs: (tool: keyof typeof TOOLS, ...options: readonly string[]) => Promise<string>;
  readonly stop: () => Promise<void>;
}

interface Ports {
  readonly http: number;
  readonly https: number;
  readonly rpc: number;
}

export interface HdfsOptions {
  /** 2 makes an HA pair. */
  readonly nameNodes?: 1 | 2;
  /** Further properties of hdfs-site.xml. */
  readonly properties?: Properties;
}

/** How the command line reaches a cluster. */
export function environmentOf({ nameNodes, user }: HdfsCluster): Readonly<Record<string, string>> {
  return { CKPT_WEBHDFS: nameNodes[0]!.httpAddress, HADOOP_USER_NAME: user };
}

/** Starts a cluster and waits until it takes writes. */
export function startHdfs(options: HdfsOptions = {}): Promise<HdfsCluster> {
  return onFreePorts(10, (free) => startOn(free, options));
}

async function startOn(free: readonly number[], options: HdfsOptions): Promise<HdfsCluster> {
  const directory = mkdtempSync(join(tmpdir(), 'ckpt-hdfs-'));
  const conf = join(directory, 'conf');
  mkdirSync(conf);
  const certificate = writeTlsFiles(conf);
  writeDaemonFiles(conf);
  const ids = options.nameNodes === 2 ? ['nn1', 'nn2'] : ['nn1'];
  const ports = ids.map(
    (_, i): Ports => ({ http: free[3 * i]!, https: free[3 * i + 1]!, rpc: free[3 * i + 2]! }),
  );
  const uri = ids.length === 2 ? `hdfs://${NAME_SERVICE}` : `hdfs://127.0.0.1:${ports[0]!.rpc}`;
  writeSiteFile(conf, 'core-site.xml', {
    'fs.defaultFS': uri,
    'hadoop.tmp.dir': join(directory, 'tmp'),
    'fs.trash.interval': '60',
  });
  const site = ids.length === 2 ? pairOf(directory, ids, ports) : singleOf(directory, ports[0]!);
  writeSiteFile(conf, 'hdfs-site.xml', {
    ...COMMON,
    ...dataNodeOf(directory, free.slice(6)),
    ...site,
    ...options.properties,
  });
  const daemons: Daemon[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(daemons.map((daemon) => daemon.kill()));
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const java = launcher(directory, conf);
    const { nameNodes, dataNode } = await startDaemons(directory, java, { ids, ports, daemons });
    const hdfs: HdfsCluster['hdfs'] = (tool, ...rest) => java.run(tool, TOOLS[tool], ...rest);
    const user = userInfo().username;
    await untilWritable(nameNodes[0]!, dataNode, user);
    return { configurationDirectory: conf, uri, user, certificate, nameNodes, dataNode, hdfs, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

const COMMON: Properties = {
  'dfs.replication': '1',
  'dfs.http.policy': 'HTTP_AND_HTTPS',
  'dfs.namenode.safemode.extension': '0',
  'dfs.namenode.fs-limits.min-block-size': '1024',
  'dfs.namenode.datanode.registration.ip-hostname-check': 'false',
  // a killed DataNode is known dead after 12 s
  'dfs.heartbeat.interval': '1',
  'dfs.namenode.heartbeat.recheck-interval': '1000',
  'dfs.client.block.write.replace-datanode-on-failure.policy': 'NEVER',
  // else every small file waits 400 ms
  'dfs.client.block.write.locateFollowingBlock.initial.delay.ms': '5',
};

function dataNodeOf(directory: string, ports: readonly number[]): Properties {
  return {
    'dfs.datanode.hostname': '127.0.0.1',
    'dfs.datanode.address': `127.0.0.1:${ports[0]}`,
    'dfs.datanode.ipc.address': `127.0.0.1:${ports[1]}`,
    'dfs.datanode.http.address': `127.0.0.1:${ports[2]}`,
    'dfs.datanode.https.address': `127.0.0.1:${ports[3]}`,
    'dfs.datanode.data.dir': join(directory, 'datanode'),
    'dfs.datanode.du.reserved': '0',
  };
}

function singleOf(directory: string, { http, https, rpc }: Ports): Properties {
  return {
    'dfs.namenode.rpc-address': `127.0.0.1:${rpc}`,
    'dfs.namenode.http-address': `127.0.0.1:${http}`,
    'dfs.namenode.https-address': `127.0.0.1:${https}`,
    'dfs.namenode.name.dir': join(directory, 'nn1'),
  };
}

function pairOf(directory: string, ids: readonly string[], ports: readonly Ports[]): Properties {
  const addresses = ids.flatMap((id, i) => [
    [`dfs.namenode.rpc-address.${NAME_SERVICE}.${id}`, `127.0.0.1:${ports[i]!.rpc}`],
    [`dfs.namenode.http-address.${NAME_SERVICE}.${id}`, `127.0.0.1:${ports[i]!.http}`],
    [`dfs.namenode.https-address.${NAME_SERVICE}.${id}`, `127.0.0.1:${ports[i]!.https}`],
  ]);
  const ha = 'org.apache.hadoop.hdfs.server.namenode.ha';
  return {
    ...Object.fromEntries(addresses),
    'dfs.nameservices': NAME_SERVICE,
    [`dfs.ha.namenodes.${NAME_SERVICE}`]: ids.join(','),
    [`dfs.client.failover.proxy.provider.${NAME_SERVICE}`]: `${ha}.ConfiguredFailoverProxyProvider`,
    'dfs.namenode.shared.edits.dir': `file://${join(directory, 'shared-edits')}`,
    'dfs.ha.automatic-failover.enabled': 'false',
    'dfs.ha.fencing.methods': 'shell(/bin/true)',
    'dfs.ha.tail-edits.period': '1',
    'dfs.ha.nn.not-become-active-in-safemode': 'false',
  };
}

interface Launcher {
  readonly start: (name: string, ...programArguments: readonly string[]) => Daemon;
  readonly run: (name: string, ...programArguments: readonly string[]) => Promise<string>;
}

function launcher(directory: string, conf: string): Launcher {
  const classpath = `${conf}:${hadoopClasspath()}`;
  return {
    start: (name, ...rest) => startDaemon({ name, classpath, heapMb: 512, arguments: rest }, directory),
    run: (name, ...rest) => runJava({ name, classpath, heapMb: 512, arguments: rest }),
  };
}

async function startDaemons(
  directory: string,
  java: Launcher,
  plan: { readonly ids: readonly string[]; readonly ports: readonly Ports[]; readonly daemons: Daemon[] },
): Promise<{ readonly nameNodes: readonly NameNode[]; readonly dataNode: Daemon }> {
  const pair = plan.ids.length === 2;
  const keep = (daemon: Daemon): Daemon => {
    plan.daemons.push(daemon);
    return daemon;
  };
  const own = (id: string): readonly string[] =>
    pair ? ['-D', `dfs.namenode.name.dir=${join(directory, id)}`, '-D', `dfs.ha.namenode.id=${id}`] : [];
  const nameNodes: NameNode[] = [];
  for (const [i, id] of plan.ids.entries()) {
    const first = i === 0;
    await java.run(
      'format',
      NAMENODE,
      ...own(id),
      first ? '-format' : '-bootstrapStandby',
      '-nonInteractive',
      '-force',
    );
    const daemon = keep(java.start(id, NAMENODE, ...own(id)));
    const { http, https, rpc } = plan.ports[i]!;
    const [httpAddress, httpsAddress, rpcAddress] = [http, https, rpc].map((port) => `127.0.0.1:${port}`);
    nameNodes.push({
      id,
      httpAddress: httpAddress!,
      httpsAddress: httpsAddress!,
      rpcAddress: rpcAddress!,
      daemon,
    });
    await until(daemon, 'its web server', () => answers(`http://${httpAddress}/jmx?qry=none`));
    // it listens to the tools later than to browsers
    await until(daemon, 'its RPC server', () => accepts(rpc));
    if (pair && first) await java.run('haadmin', TOOLS.haadmin, '-transitionToActive', '--forceactive', id);
  }
  return { nameNodes, dataNode: keep(java.start('dn', DATANODE)) };
}

/** The NameNode has left safe mode, and its DataNode takes a block. */
async function untilWritable(nameNode: NameNode, dataNode: Daemon, user: string): Promise<void> {
  const { httpAddress, daemon } = nameNode;
  const bean = 'Hadoop:service=NameNode,name=FSNamesystemState';
  await until(dataNode, 'its NameNode', async () => {
    const response = await fetch(`http://${httpAddress}/jmx?qry=${bean}`).catch(() => null);
    return response !== null && (await response.text()).includes('"NumLiveDataNodes" : 1');
  });
  await until(daemon, 'the end of safe mode', () =>
    answers(`http://${httpAddress}/webhdfs/v1/tmp?op=MKDIRS&permission=1777&user.name=${user}`, 'PUT'),
  );
}

async function answers(url: string, method = 'GET'): Promise<boolean> {
  const response = await fetch(url, { method }).catch(() => null);
  await response?.arrayBuffer();
  return response?.ok ?? false;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

async function until(daemon: Daemon, what: string, done: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 1800; attempt++) {
    if (await done()) return;
    if (!daemon.running()) break;
    await delay(100);
  }
  throw new Error(`${daemon.name} did not get as far as ${what}:\n${daemon.lastLines()}`);
}
