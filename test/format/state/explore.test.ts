import { test } from 'vitest';
import { keyGroupsFiles, metaStreams, operatorFiles } from './flink-state-files.js';
import { openKeyedSnapshot } from '../../../src/format/state/keyed-snapshot.js';
import { writeHeapSnapshot } from '../../../src/format/state/heap-snapshot.js';
import { writeCanonicalSnapshot } from '../../../src/format/state/canonical-snapshot.js';
test('x', () => {
  for (const f of keyGroupsFiles()) {
    const maxParallelism = f.operator.maxParallelism;
    const s = openKeyedSnapshot(f.bytes, { ...f.handle, maxParallelism });
    if (s.kind !== 'readable') { continue; }
    const all = [...s.entries()];
    const content = { key: s.key, keyGroups: f.handle.keyGroups, maxParallelism, states: s.states.map(state => ({ state, entries: (kg: number) => all.filter(e => e.state === state && e.keyGroup === kg) })) };
    const w= f.handle.kind==='key-groups'? writeHeapSnapshot(content):writeCanonicalSnapshot(content);
    let i=0; while(i<w.bytes.length && w.bytes[i]===f.bytes[i]) i++;
    if (i===f.bytes.length) continue;
    const kg=f.handle.keyGroups.first;
    console.log(f.title, f.handle.kind, 'hdr', s.header.sizeBytes, 'len', f.bytes.length===w.bytes.length, 'first diff', i, JSON.stringify(w.offsets.map(String))===JSON.stringify(f.handle.offsets.map(String)), [...new Set(all.filter(e=>e.keyGroup===kg).map(e=>s.states.indexOf(e.state)))].join(), s.states.map(x=>x.name).join());
  }
});
