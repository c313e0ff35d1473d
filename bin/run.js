#!/usr/bin/env node
// Starts ckpt from its build. Nothing is imported before it is needed: this file is most of the start-up time.
import module from 'node:module';

module.enableCompileCache?.();
const { main } = await import('../dist/cli/main.js');
await main(process.argv.slice(2), import.meta.url);
