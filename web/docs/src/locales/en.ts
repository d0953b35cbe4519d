/** Every text of the page that does not come from the description or the guide. */
export const words = {
  title: 'API reference',
  skip: 'Skip to the content',
  search: 'Search',
  searchHint: 'Paths, fields, words',
  contents: 'Contents',
  found: (count: number, query: string) =>
    count === 0
      ? `Nothing found for “${query}”.`
      : `${count} ${count === 1 ? 'operation' : 'operations'} for “${query}”.`,
  nothingToDo: 'Try a path, a field or a word of what it does, such as metadata.',
  clear: 'Clear the search',
  loading: 'Loading the description…',
  failed: 'The description could not be loaded.',
  tryAgain: 'Try again',
  version: (version: string) => `Version ${version}`,
  raw: 'The description as OpenAPI',
  guide: 'Sending context',
  start: {
    heading: 'How to begin',
    key: 'Make a key in the console under Settings, API keys, or on the server:',
    keyLine: 'beckon admin key create my-program --scope read',
    use: 'Send it with each request, after App and a space:',
    scopes:
      'A key with conversations:read may use GET only. A key with conversations:manage may do everything that takes a key.',
  },
  errors: {
    heading: 'Errors',
    lead: 'Every error has one form: a stable code, a sentence for a person and, when fields are to blame, messages by field.',
  },
  access: {
    key: 'API key',
    cookie: 'Signed-in agent',
    session: 'Visitor session',
    none: 'Open to everybody',
  },
  tags: {
    conversations: 'Conversations',
    widget: 'Widget',
    socket: 'Socket',
    console: 'Console',
    health: 'Health',
  } as { [tag: string]: string },
  frames: 'Frames',
  framesLead: 'What travels through the socket, as JSON, one object a frame, with its type.',
  permalink: (name: string) => `Link to ${name}`,
  copy: 'Copy',
  copied: 'Copied',
  parameters: 'Parameters',
  body: 'Body',
  responses: 'Responses',
  required: 'required',
  noFields: 'Any JSON object.',
  oneOf: 'One of',
  values: 'Values',
};
