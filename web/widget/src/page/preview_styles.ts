/** As strong as the loader's own rules, and for the same reasons. */
export const PREVIEW_STYLES = `
.ib-widget-wrapper{--bk-text:#1b201d;--bk-sunken:#ebeae3;--bk-face:92% .035;--bk-letters:35% .06}
.bk-dark.ib-widget-wrapper{--bk-text:#e6e9e4;--bk-sunken:#222724;--bk-face:32% .04;--bk-letters:88% .04}
.ib-widget-wrapper .bk-preview{inset-inline-end:calc(88px + max(env(safe-area-inset-right),env(safe-area-inset-left)));bottom:calc(20px + env(safe-area-inset-bottom));width:max-content;max-width:min(300px,100vw - 108px);border:1px solid var(--bk-line);border-radius:14px;background:var(--bk-surface);color:var(--bk-text);box-shadow:var(--bk-shadow);font:400 13px/20px system-ui,sans-serif;animation:bk-rise .18s cubic-bezier(.2,0,0,1)}
.ib-widget-wrapper .bk-preview *{all:unset;box-sizing:border-box}
.ib-widget-wrapper .bk-preview .bk-message{display:flex;gap:8px;min-width:160px;padding:12px;border-radius:14px;cursor:pointer}
.ib-widget-wrapper .bk-preview .bk-message:hover{background:var(--bk-sunken)}
.ib-widget-wrapper .bk-preview .bk-face{flex:none;display:grid;place-items:center;width:32px;height:32px;border-radius:30%;background:oklch(var(--bk-face) var(--bk-hue));color:oklch(var(--bk-letters) var(--bk-hue));font:600 12.5px/1 system-ui,sans-serif}
.ib-widget-wrapper .bk-preview .bk-said{display:block;min-width:0;text-align:start}
.ib-widget-wrapper .bk-preview .bk-name{display:block;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;font-weight:600}
.ib-widget-wrapper .bk-preview .bk-text{display:-webkit-box;overflow:hidden;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow-wrap:anywhere}
.ib-widget-wrapper .bk-preview .bk-dismiss{position:absolute;top:-12px;inset-inline-start:-12px;width:28px;height:28px;border:1px solid var(--bk-line);border-radius:50%;background:var(--bk-surface);color:var(--bk-muted);box-shadow:var(--bk-shadow);font:400 18px/26px system-ui,sans-serif;text-align:center;cursor:pointer;opacity:0;transition:.12s}
.ib-widget-wrapper .bk-preview .bk-dismiss::after{content:'';position:absolute;inset:-9px}
.ib-widget-wrapper .bk-preview:hover .bk-dismiss,.ib-widget-wrapper .bk-preview:focus-within .bk-dismiss{opacity:1}
.ib-widget-wrapper .bk-preview .bk-dismiss:hover{color:var(--bk-text)}
.ib-widget-wrapper .bk-preview :focus-visible{outline:2px solid var(--bk-accent);outline-offset:2px}
@keyframes bk-rise{from{opacity:0;transform:translateY(8px)}}
@media(hover:none){.ib-widget-wrapper .bk-preview .bk-dismiss{opacity:1}}
@media(max-width:479.98px){.ib-widget-wrapper .bk-preview{inset-inline-end:calc(84px + max(env(safe-area-inset-right),env(safe-area-inset-left)))}}
@media(prefers-reduced-motion:reduce){.ib-widget-wrapper .bk-preview,.ib-widget-wrapper .bk-dismiss{animation:none;transition:none}}
`;
