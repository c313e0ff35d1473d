// Runs the command lines that it is sent, one after the other in this one process, which is much faster than a process
// for each. Request: { args, env, cwd }. Reply: { status, stdout, stderr }. Ends with who started it.
import { main } from '../../../dist/cli/main.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'uncaughtException', 'unhandledRejection'];
const root = new URL('../../../bin/run.js', import.meta.url).href;
const home = process.cwd();
const said = { stdout: '', stderr: '' };
for (const name of ['stdout', 'stderr']) collect(name);
let turn = Promise.resolve();

process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (request) => {
  turn = turn.then(async () => process.send(await outcomeOf(request)));
});

async function outcomeOf({ args, env, cwd = home }) {
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  Object.assign(said, { stdout: '', stderr: '' });
  let status = 0;
  process.exit = (code) => {
    status = code ?? 0;
  };
  await main(args, root);
  forgetHandlers();
  return { status, ...said };
}

function collect(name) {
  process[name].write = (chunk, encoding, written) => {
    said[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    const callback = typeof encoding === 'function' ? encoding : written;
    if (callback !== undefined) queueMicrotask(callback);
    return true;
  };
}

/** What each run of the tool puts on its process. A command that has ended does no harm any more: its process is gone. */
function forgetHandlers() {
  for (const name of SIGNALS) process.removeAllListeners(name);
  for (const stream of [process.stdout, process.stderr]) stream.removeAllListeners('error');
  process.on('unhandledRejection', () => {});
}
