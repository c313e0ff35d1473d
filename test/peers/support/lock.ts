// One process at a time: test files run in processes of their own and would build the same folder at once.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_MS = 200;

/** Runs `action` while no other process does so for the same directory. A lock whose owner has died is taken over. */
export async function withLock<T>(directory: string, action: () => Promise<T>): Promise<T> {
  mkdirSync(directory, { recursive: true });
  const lock = join(directory, '.lock');
  while (!take(lock)) await sleep(RETRY_MS);
  try {
    return await action();
  } finally {
    rmSync(lock, { force: true });
  }
}

function take(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  if (!isAlive(ownerOf(lock))) rmSync(lock, { force: true });
  return false;
}

/** 0 where the lock has just gone, or its owner has not written its name yet. */
function ownerOf(lock: string): number {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch {
    return 0;
  }
}

function isAlive(pid: number): boolean {
  if (pid === 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
