export { expect } from 'vitest';
export { until, VISITOR_PACE_MS } from '../../../vitest.pace.ts';
export { accessibilityFaults } from './accessibility';
export { type Answer, Beckon, type BeckonOptions, type Call, program, run, type Widget } from './beckon';
export { Cable } from './cable';
export {
  chat,
  chatFrame,
  liveChat,
  networkIsBack,
  numbered,
  type Outcome,
  say,
  scrollLog,
  send,
  shown,
  startThread,
  typeEach,
  windowIsOpen,
} from './chat';
export {
  type Conversation,
  context,
  contextText,
  conversation,
  conversations,
  conversationWith,
  type JournalEntry,
  journal,
  messages,
} from './conversations';
export { focused, tabTo } from './focus';
export { look, watchable } from './looking';
export { OwnBrowser } from './own_browser';
export { page, pageWithWidget, Site, snippet } from './site';
export { SocketAgent } from './socket_agent';
export { type AgentOptions, test } from './test';
export { Tour } from './tour';
export type { Watch } from './watch';
