/** As strong as the loader's own rules, and for the same reasons. */
export const BADGE_STYLES = `
.ib-widget-wrapper .bk-badge{position:absolute;pointer-events:none;top:-6px;inset-inline-end:-6px;min-width:22px;height:22px;padding:0 5px;border:2px solid var(--bk-surface);border-radius:11px;background:var(--bk-signal);color:var(--bk-surface);font:600 12px/18px system-ui,sans-serif;text-align:center}
.ib-widget-wrapper{--bk-signal:#b3470e}
.bk-dark.ib-widget-wrapper{--bk-signal:#f2a362}
`;
