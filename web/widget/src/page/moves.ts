/** Runs `moved` when the page goes to another path without being loaded. */
export function watchPath(moved: () => void): void {
  let path = location.pathname;
  const look = () => {
    if (location.pathname === path) return;
    path = location.pathname;
    moved();
  };
  const { navigation } = window as unknown as { navigation?: EventTarget };
  navigation?.addEventListener('currententrychange', look);
  // Browsers without that event: at the latest when the visitor turns to the chat.
  addEventListener('blur', look);
}
