export { expect } from 'vitest';
export { accessibilityFaults } from './accessibility';
export { type Answer, Beckon, type BeckonOptions, type Call, run, type Widget } from './beckon';
export { chat, liveChat, type Outcome, say } from './chat';
export { Line } from './line';
export { page, pageWithWidget, Site, snippet } from './site';
export { type AgentOptions, test } from './test';
export type { Watch } from './watch';
