// Runs in a hidden frame on the widget's origin, below the demo shop: it sees the same storage as the widget there
// (browsers keep one per top-level site), clears it and tells the shop. See new-visitor.js.

const BLOCKED_MS = 2000;

function forgotten(name) {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.addEventListener('success', resolve);
    request.addEventListener('error', resolve);
    // Another tab has it open: it is deleted when that tab lets go, we do not wait for ever.
    setTimeout(resolve, BLOCKED_MS);
  });
}

if (window.parent !== window && document.referrer !== '') {
  try {
    localStorage.clear();
    sessionStorage.clear();
    const databases = await indexedDB.databases();
    await Promise.all(databases.map(({ name }) => forgotten(name)));
  } catch {
    // The browser keeps nothing for frames of other sites: then there is nothing to forget.
  }
  window.parent.postMessage('beckon-demo:started-over', new URL(document.referrer).origin);
}
