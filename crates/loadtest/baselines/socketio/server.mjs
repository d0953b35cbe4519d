// The baseline: socket.io rooms, one row in PostgreSQL for each message, committed before it is acknowledged and fanned out.
// node server.mjs PORT POSTGRES_PORT

import { createServer } from 'node:http';
import pg from 'pg';
import { Server } from 'socket.io';

const [port, postgresPort] = process.argv.slice(2).map(Number);
const POOL = 20;
const INSERT = {
  name: 'insert',
  text: 'INSERT INTO message (conversation, client_id, body) VALUES ($1, $2, $3) ON CONFLICT (client_id) DO NOTHING RETURNING id',
};
const AFTER = { name: 'after', text: 'SELECT id, body FROM message WHERE conversation = $1 AND id > $2 ORDER BY id' };

const pool = new pg.Pool({ host: '127.0.0.1', port: postgresPort, user: 'postgres', database: 'postgres', max: POOL });
const http = createServer((_, response) => response.end('ok'));
const io = new Server(http, { transports: ['websocket'], serveClient: false });

io.on('connection', async (socket) => {
  const { conversation, after } = socket.handshake.auth;
  // What was sent first is stored first.
  let last = Promise.resolve();
  socket.on('watch', (conversations, done) => {
    socket.join(conversations);
    done();
  });
  socket.on('message', (sent, done) => {
    last = last.then(() => store(socket, sent, done)).catch((error) => console.error(error));
  });
  if (conversation !== undefined) {
    socket.join(conversation);
    const { rows } = await pool.query({ ...AFTER, values: [conversation, after] });
    for (const row of rows) socket.emit('event', event(conversation, row.id, row.body));
    socket.emit('live');
  }
});

async function store(socket, sent, done) {
  const body = {
    id: crypto.randomUUID(),
    kind: 'message',
    at: new Date().toISOString(),
    client_id: null,
    author: { type: 'visitor', id: sent.conversation, name: null },
    message: { type: 'TEXT', text: sent.text },
  };
  const { rows } = await pool.query({ ...INSERT, values: [sent.conversation, sent.client_id, JSON.stringify(body)] });
  const id = rows[0]?.id;
  if (id !== undefined) socket.to(sent.conversation).emit('event', event(sent.conversation, id, body));
  done({ conversation: sent.conversation, position: id, event_id: body.id, at: body.at, duplicate: id === undefined });
}

function event(conversation, position, body) {
  return { conversation, position, event: body };
}

http.listen(port, '127.0.0.1', () => console.log(`listening on 127.0.0.1:${port}`));
