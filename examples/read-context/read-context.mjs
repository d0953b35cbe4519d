// Prints each open conversation with its context. Needs Node 20 or newer, and nothing else:
//   BECKON_URL=http://localhost:8080 BECKON_KEY=bk_… node read-context.mjs
const { BECKON_URL = 'http://localhost:8080', BECKON_KEY } = process.env;
if (!BECKON_KEY) {
  console.error('Set BECKON_KEY to a key: beckon admin key create my-program --scope read');
  process.exit(2);
}

async function get(path) {
  const response = await fetch(`${BECKON_URL}/ccaas/1/${path}`, {
    headers: { Authorization: `App ${BECKON_KEY}` },
  });
  const body = await response.text();
  if (!response.ok) {
    throw new Error(`${response.status} ${path}: ${JSON.parse(body).requestError.serviceException.text}`);
  }
  return body; // The text itself: JSON.parse would round long numbers.
}

for (let page = 0, seen = 0, total = 1; seen < total; page += 1) {
  const list = JSON.parse(await get(`conversations?status=OPEN&orderBy=createdAt:desc&limit=100&page=${page}`));
  total = list.pagination.totalItems;
  seen += list.conversations.length;
  if (list.conversations.length === 0) break;
  for (const { id } of list.conversations) {
    console.log(`${id} ${await get(`conversations/${id}/metadata`)}`);
  }
}
