/** What depends on a count, by the plural category that `Intl.PluralRules` gives in that language; `{count}` is the number. */
export type Forms = { [category in Intl.LDMLPluralRule]?: string } & { other: string };

/** Everything the widget says. Plain, first person plural, no exclamation marks; `{name}` is whoever did it. */
export interface Words {
  direction: 'ltr' | 'rtl';
  /** What the launcher and the bubble beside it say, in the site's page. */
  page: {
    open: string;
    close: string;
    unread: Forms;
    /** Of the bubble's cross. */
    dismiss: string;
    /** Names the bubble. */
    newMessage: string;
  };
  conversations: string;
  newConversation: string;
  back: string;
  close: string;
  online: string;
  away: string;
  soundOn: string;
  soundOff: string;
  you: string;
  team: string;
  messages: string;
  /** Greeting of a widget that has none of its own. */
  welcome: string;
  write: string;
  send: string;
  charactersLeft: Forms;
  tooLong: Forms;
  sending: string;
  waiting: string;
  sent: string;
  delivered: string;
  seen: string;
  notSent: string;
  tryAgain: string;
  delete: string;
  firstSent: string;
  reconnecting: string;
  unreachable: string;
  /** A file of the chat did not come. */
  loadFailed: string;
  refused: string;
  tooManyTabs: string;
  /** Nothing that is written here would arrive; only whoever runs the chat can mend it. */
  wrongAddress: string;
  writing: string;
  joined: string;
  left: string;
  solved: string;
  reopened: string;
  closedBy: string;
  closed: string;
  statusSolved: string;
  statusClosed: string;
  unread: Forms;
  earlier: string;
  earlierFailed: string;
  newMessages: string;
  noMessages: string;
  /** Why a message was not taken, by the code of the refusal. */
  failures: {
    blank: string;
    too_long: string;
    closed: string;
    expired: string;
    too_large: string;
    ends_socket: string;
  };
}

/** A sentence with its names put in. Kept apart from the text around them where that runs the other way. */
export function fill(sentence: string, values: { [name: string]: string }, { direction }: Words): string {
  return sentence.replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = values[name] ?? hole;
    return direction === 'rtl' ? `\u2068${value}\u2069` : value;
  });
}

/** A count in words: its plural form, its digits those of the language. */
export function counted(forms: Forms, count: number, tag: string): string {
  const form = forms[new Intl.PluralRules(tag).select(count)] ?? forms.other;
  return form.replace('{count}', new Intl.NumberFormat(tag).format(count));
}
