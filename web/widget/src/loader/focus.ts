/** Somebody may be typing: in another window, a frame, or a field, also one inside components. Into closed ones we cannot see. */
export function isTyping(): boolean {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  // Not by a list of kinds: also what the site made editable, and no button.
  const field = active?.matches(':read-write,select,iframe,object,embed') || active?.localName.includes('-');
  return !!field || !document.hasFocus();
}
