/**
 * The connection to Beckon, for widget and console alike. No framework.
 *
 * ```ts
 * const connection = connect({ url, role: 'agent', credentials: () => fetchTicket(), history: (c, before) => fetchEvents(c, before) });
 * connection.on('status', (status) => …);          // idle, connecting, live, waiting, refused
 * connection.on('welcome', (welcome) => …);        // after each (re)connect: fetch the visible page of the list again
 * const stop = connection.followInbox();           // then: on('row'), on('gone')
 *
 * const feed = connection.follow(conversation);    // feed.events, .cursors, .row, .context, .live, .complete
 * feed.subscribe((change) => …);                   // reset | events | history | live | cursors | gone
 * await feed.loadEarlier();                        // one page upward
 * feed.close();
 *
 * const outcome = await connection.write({ type: 'send', client_id: uuid(), conversation, message: { type: 'TEXT', text } });
 * connection.outbox.onChange(() => connection.outbox.writes());   // sending and failed ones, for the bubbles
 * connection.outbox.retry(client_id);              // a failed one again; discard(client_id) forgets it
 * connection.tell({ type: 'read', conversation, position: feed.last });
 * ```
 *
 * A bubble of a write may go when the feed has an event with its `client_id`. Never is something shown as sent that is not on disk.
 */
export { Connection, connect } from './connection';
export {
  type ConnectionEvents,
  type ConnectionOptions,
  type Credentials,
  type PassingFrame,
  Refused,
  RetryLater,
  type Status,
} from './connection_options';
export { reconnectDelay } from './delay';
export { Emitter } from './emitter';
export { browserEnvironment, type Environment, type SocketLike } from './environment';
export { Feed, type FeedChange, type HistoryPage } from './feed';
export * from './frames';
export { uuid } from './identifier';
export { IndexedStore } from './indexed_store';
export * from './objects';
export { Outbox, type Outcome, type Prepared } from './outbox';
export { type Accepted, MemoryStore, type Write, type WriteStore } from './write_store';
