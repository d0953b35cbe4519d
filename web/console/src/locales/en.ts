import type { ConversationStatus } from '@beckon/sdk';
import type { View } from '../inbox/rows';

function plural(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}

/** Every sentence of the console, in English. Plain, in sentence case, without exclamation marks. */
export const text = {
  locale: 'en-GB',
  product: 'Beckon',
  yes: 'Yes',
  no: 'No',
  you: 'You',
  yourself: 'you',
  visitor: (ending: string) => `Visitor ${ending}`,
  anAgent: 'An agent',
  aBot: 'Bot',
  aProgram: 'A program',
  theSystem: 'Beckon',

  // Coming in
  signInHeading: 'Good to see you',
  signInLead: 'Sign in to answer your visitors.',
  email: 'E-mail',
  password: 'Password',
  signIn: 'Sign in',
  signingIn: 'Signing in…',
  wrongPassword: 'E-mail and password do not belong together. Check both and try again.',
  tooManyTries: 'Too many attempts. Wait a minute and try again.',
  signedOut: 'Your session has ended. Sign in again to go on.',
  unreachable: 'Beckon does not answer. Check that it is running and try again.',
  failed: (reason: string) => `That did not work: ${reason}`,
  tryAgain: 'Try again',
  notSetUpHeading: 'Nobody is set up here yet',
  notSetUpLead:
    'Open the set-up link that Beckon printed in its terminal when it started. If it is gone, make a new one:',
  setUpCommand: 'beckon admin setup-link',
  setUpHeading: 'Make this your desk',
  setUpLead: 'You are the first one here. Who will visitors talk to?',
  name: 'Your name',
  nameHint: 'Visitors see it beside your answers.',
  passwordHint: 'At least 10 characters.',
  passwordTooShort: 'Use at least 10 characters.',
  nameMissing: 'Write your name.',
  emailMissing: 'Write an e-mail address, such as maja@example.com.',
  passwordMissing: 'Write your password.',
  setUp: 'Start answering',
  settingUp: 'Setting up…',
  linkUsedHeading: 'This link does not work any more',
  linkUsedLead: 'A set-up link works once. If it was you who used it, sign in. Otherwise make a new one:',
  goToSignIn: 'Go to sign in',
  loading: 'Loading',

  // Rail
  navigation: 'Console',
  inbox: 'Inbox',
  account: (name: string) => `Account of ${name}`,
  signOut: 'Sign out',
  signOutFailed: 'Could not sign out: Beckon does not answer.',

  // List
  conversations: 'Conversations',
  lists: 'Lists',
  views: { mine: 'Mine', unassigned: 'Unassigned', all: 'All' } satisfies Record<View, string>,
  openOnes: 'open',
  status: { OPEN: 'Open', WAITING: 'Waiting', SOLVED: 'Solved', CLOSED: 'Closed' } satisfies Record<
    ConversationStatus,
    string
  >,
  unread: (count: number) => `${count} unread ${plural(count, 'message', 'messages')}`,
  waiting: (time: string) => `waiting ${time}`,
  lessThanAMinute: 'now',
  noMessageYet: 'No message yet',
  listFailed: 'Conversations could not be loaded.',
  moreFailed: 'The rest could not be loaded.',
  emptyHeading: {
    all: 'Nobody has written yet',
    mine: 'Nothing is yours right now',
    unassigned: 'Nobody is waiting to be taken',
  } satisfies Record<View, string>,
  emptyLead: {
    all: 'What visitors write on your website arrives here by itself.',
    mine: 'Conversations you take or answer stay here until they are closed.',
    unassigned: 'New conversations stand here until somebody takes them.',
  } satisfies Record<View, string>,
  openShop: 'Try it in the demo shop',
  seeUnassigned: 'See unassigned',
  seeAll: 'See all',

  // Thread
  conversationWith: (name: string) => `Conversation with ${name}`,
  messages: 'Messages',
  chooseHeading: 'Choose a conversation',
  chooseLead: 'Its messages and its context will be here.',
  back: 'Back to the list',
  take: 'Take',
  solve: 'Solve',
  close: 'Close',
  more: 'More actions',
  closeConversation: 'Close conversation',
  reopen: 'Reopen',
  context: 'Context',
  startedOn: 'Started on',
  assignedTo: (name: string) => `With ${name}`,
  assignedToYou: 'With you',
  nobody: 'Unassigned',
  today: 'Today',
  yesterday: 'Yesterday',
  beginning: 'The conversation begins here.',
  earlier: 'Loading earlier messages',
  earlierFailed: 'Earlier messages could not be loaded.',
  threadFailed: 'This conversation could not be loaded.',
  threadUnknown: 'There is no such conversation, or it is not yours to see.',
  newest: 'Newest message',
  newBelow: 'New message below',
  joined: (name: string) => `${name} joined`,
  left: (name: string) => `${name} left`,
  assigned: (name: string) => `Assigned to ${name}`,
  unassigned: 'No longer assigned',
  statusLine: {
    OPEN: (who: string) => `${who} reopened the conversation`,
    WAITING: (who: string) => `${who} set the conversation to waiting`,
    SOLVED: (who: string) => `${who} marked the conversation as solved`,
    CLOSED: (who: string) => `${who} closed the conversation`,
  } satisfies Record<ConversationStatus, (who: string) => string>,
  sending: 'Sending',
  sendingSlowly: 'Waiting for the connection',
  notSent: 'Not sent',
  delete: 'Delete',
  commandFailed: (reason: string) => `That did not work: ${reason}`,

  // Composer
  reply: 'Reply',
  replyTo: (name: string) => `Write to ${name}`,
  replyTakes: 'Your answer takes this conversation.',
  replyReopens: 'Your answer reopens this conversation.',
  send: 'Send',
  keys: 'Enter sends, Shift + Enter starts a new line',
  tooLong: (over: number) => `${over} ${plural(over, 'character', 'characters')} too long. A message holds 4,096.`,
  left4096: (left: number) => `${left} left`,
  closedComposer: 'This conversation is closed. The visitor can start a new one.',

  // Closing
  closeQuestion: 'Close this conversation?',
  closeLead: (name: string) => `${name} can read it but not answer in it any more. Nobody can open it again.`,
  cancel: 'Cancel',
  dismiss: 'Dismiss',

  // Connection and context
  reconnecting: 'The connection is lost. Trying again; what you write is kept and sent.',
  connectionRefused: 'Beckon refused the connection.',
  contextWidth: 'Width of the context card',
} as const;
