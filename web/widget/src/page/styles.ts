/** As strong as the loader's own rules, and for the same reasons: what makes its launcher and window finer, and the badge. */
export const STYLES = `
.ib-widget-wrapper{--bk-mix:#000;--bk-line:transparent;--bk-signal:#b3470e}
.bk-dark.ib-widget-wrapper{--bk-mix:#fff;--bk-line:#323934;--bk-signal:#f2a362}
.ib-widget-wrapper .bk-launcher{transition:.12s}
.ib-widget-wrapper .bk-launcher:hover{background:color-mix(in oklab,var(--bk-accent),var(--bk-mix) 16%)}
.ib-widget-wrapper .bk-window{opacity:0;transform:translateY(8px);transition:.18s cubic-bezier(.2,0,0,1);transition-property:opacity,transform,visibility}
.bk-open.ib-widget-wrapper .bk-window{opacity:1;transform:none}
.ib-widget-wrapper .bk-badge{position:absolute;pointer-events:none;top:-6px;inset-inline-end:-6px;min-width:22px;height:22px;padding:0 5px;border:2px solid var(--bk-surface);border-radius:11px;background:var(--bk-signal);color:var(--bk-surface);font:600 12px/18px system-ui,sans-serif;text-align:center}
@media(min-width:480px){.ib-widget-wrapper .bk-window{border:1px solid var(--bk-line)}}
@media(prefers-reduced-motion:reduce){.ib-widget-wrapper .bk{transition:none}}
`;
