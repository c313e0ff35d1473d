// Loaded with `--import` into a process that is to die: SIGKILL just before its n-th call that changes files, n being
// KILL_AT_CALL, or before its n-th request that changes a store, n being KILL_AT_REQUEST. Both count from 1; a process that
// makes fewer lives. The program itself knows nothing of this.
import fs, { promises } from 'node:fs';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';

const killAt = Number(process.env.KILL_AT_CALL);
let calls = 0;

function beforeCall() {
  calls++;
  if (calls === killAt) process.kill(process.pid, 'SIGKILL');
}

/** Makes `holder[name]` count where `changes` says so of its arguments. */
function watch(holder, name, changes = () => true) {
  const original = holder[name];
  holder[name] = function watched(...args) {
    if (changes(...args)) beforeCall();
    return original.apply(this, args);
  };
}

for (const name of ['unlinkSync', 'renameSync']) watch(fs, name);
const { open } = promises;
for (const name of ['mkdir', 'rename', 'link', 'unlink', 'rmdir', 'copyFile', 'writeFile', 'rm', 'utimes'])
  watch(promises, name);
watch(promises, 'open', (_, flags = 'r') => flags !== 'r');

const handle = await open(process.execPath, 'r');
for (const name of ['write', 'writeFile', 'truncate']) watch(Object.getPrototypeOf(handle), name);
await handle.close();

const killAtRequest = Number(process.env.KILL_AT_REQUEST);
const { request } = http;
let requests = 0;

/** Nothing has been sent yet when this returns. */
http.request = function watched(...args) {
  const asked = request.apply(this, args);
  if (asked.method !== 'GET' && asked.method !== 'HEAD' && ++requests === killAtRequest)
    process.kill(process.pid, 'SIGKILL');
  return asked;
};

syncBuiltinESMExports();
