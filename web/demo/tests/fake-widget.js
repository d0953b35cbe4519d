// A stand-in for Beckon's widget.js: answers as the real one does, without a server behind it.
(() => {
  const waiting = [...(window.liveChat?.q ?? [])];
  const calls = [];
  window.madeCalls = calls;
  window.liveChat = (command, argument, callback) => {
    calls.push([command, argument]);
    setTimeout(() => {
      if (command === 'send_contextual_data' && typeof argument.metadata !== 'object') {
        callback?.({
          code: 1202,
          name: 'INVALID_METADATA',
          message: 'metadata must be a plain JSON object, it is a string',
        });
        return;
      }
      callback?.(
        undefined,
        command === 'send_contextual_data' ? { pending: true, conversations: [], ignored: [] } : undefined,
      );
    }, 20);
  };
  for (const call of waiting) window.liveChat(...call);
})();
