// Beckon, part 1: the snippet. It stands in the <head>, so that liveChat(...) may be called from the first moment:
// until widget.js has arrived, the calls wait in liveChat.q and are then made in their order.
//
// On your own site the last line of the snippet also loads widget.js, and the next call is init. Here both follow
// in install.js, because this page first has to ask where its Beckon lives and which widget is its own.
((window, name) => {
  window[name] =
    window[name] ||
    ((...call) => {
      window[name].q = window[name].q || [];
      window[name].q.push(call);
    });
  window[name].t = Date.now();
})(window, 'liveChat');
