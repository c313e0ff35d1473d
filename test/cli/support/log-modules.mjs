// Given to Node with --import: writes the path of every module that the process loads to the file that
// LOADED_MODULES names.
import { appendFileSync } from 'node:fs';
import Module, { register } from 'node:module';

register(import.meta.resolve('./log-modules-hook.mjs'), { data: process.env.LOADED_MODULES });
process.on('exit', () => {
  const required = Object.keys(Module._cache).map((path) => `${path}\n`);
  appendFileSync(process.env.LOADED_MODULES, required.join(''));
});
