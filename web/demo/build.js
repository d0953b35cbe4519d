// The demo's source is its tutorial: what is served is what was written, so building is copying.
import { cpSync, rmSync } from 'node:fs';

const dist = new URL('dist/', import.meta.url);
rmSync(dist, { recursive: true, force: true });
cpSync(new URL('src/', import.meta.url), dist, { recursive: true });
