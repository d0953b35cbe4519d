// "Start over as a new visitor": forgets everything this browser knows of the visitor, as if it had never been here.

const GIVE_UP_MS = 5000;

/**
 * The visitor's chat lives in the widget's own storage, which belongs to Beckon's origin: this page cannot reach it,
 * and that is the point. A small page of the demo on that origin can, so it is asked in a hidden frame.
 */
export async function startOver() {
  const script = document.querySelector('script[src$="/widget.js"]');
  if (script) {
    // The running widget holds its database open; without its frame the database can be deleted.
    document.querySelector('#ib-iframe-messaging')?.remove();
    await cleared(new URL('/demo/start-over.html', script.src));
  }
  for (const storage of [localStorage, sessionStorage]) {
    for (const key of Object.keys(storage)) {
      if (key.startsWith('beckon:') || key.startsWith('norrvik:')) storage.removeItem(key);
    }
  }
  location.reload();
}

function cleared(url) {
  return new Promise((resolve) => {
    const frame = document.createElement('iframe');
    frame.hidden = true;
    frame.title = 'Forgets the visitor';
    // Only what is needed to know who asks: the page in the frame answers this origin and no other.
    frame.referrerPolicy = 'origin';
    frame.src = url.href;
    const giveUp = setTimeout(resolve, GIVE_UP_MS);
    addEventListener('message', (event) => {
      if (event.origin !== url.origin || event.source !== frame.contentWindow) return;
      if (event.data !== 'beckon-demo:started-over') return;
      clearTimeout(giveUp);
      resolve();
    });
    document.body.append(frame);
  });
}
