/**
 * The loader's rules. Two classes deep: stronger than a site's `button { … }`, weaker than a site's rules for the ids, which
 * sites use to move the launcher. `all: initial` keeps the rest of the page out.
 */
export const STYLES = `
.ib-widget-wrapper.lc-widget-wrapper{all:initial;position:fixed;z-index:2147483000;--bk-surface:#fff;--bk-line:#dad8ce;--bk-accent:#1c5f4e;--bk-accent-hover:#154a3d;--bk-on-accent:#fff;--bk-signal:#b3470e;--bk-shadow:0 1px 2px rgb(20 24 20/.1),0 12px 32px rgb(20 24 20/.16)}
.ib-widget-wrapper.bk-dark{--bk-surface:#191d1a;--bk-line:#323934;--bk-accent:#7ccbb0;--bk-accent-hover:#96dac3;--bk-on-accent:#0c1f18;--bk-signal:#f2a362;--bk-shadow:0 12px 32px rgb(0 0 0/.5)}
.ib-widget-wrapper.bk-hidden{display:none}
.ib-widget-wrapper .bk-launcher{all:initial;position:fixed;right:20px;bottom:20px;right:calc(20px + env(safe-area-inset-right,0px));bottom:calc(20px + env(safe-area-inset-bottom,0px));width:56px;height:56px;display:grid;place-items:center;border-radius:18px;background:var(--bk-accent);color:var(--bk-on-accent);box-shadow:var(--bk-shadow);cursor:pointer;transition:background .12s cubic-bezier(.2,0,0,1)}
.ib-widget-wrapper .bk-launcher:hover{background:var(--bk-accent-hover)}
.ib-widget-wrapper .bk-button:focus-visible{outline:2px solid var(--bk-accent);outline-offset:2px}
.ib-widget-wrapper .bk-icon{all:initial;display:block;color:inherit;cursor:inherit;line-height:0}
.ib-widget-wrapper .bk-badge{all:initial;position:absolute;top:-6px;right:-6px;box-sizing:border-box;min-width:22px;height:22px;padding:0 5px;border:2px solid var(--bk-surface);border-radius:11px;background:var(--bk-signal);color:var(--bk-surface);font:600 12px/18px system-ui,sans-serif;text-align:center;cursor:inherit}
.ib-widget-wrapper .bk-window{all:initial;position:fixed;box-sizing:border-box;right:20px;bottom:92px;right:calc(20px + env(safe-area-inset-right,0px));bottom:calc(92px + env(safe-area-inset-bottom,0px));width:384px;max-width:calc(100vw - 40px);height:min(640px,100vh - 112px);height:min(640px,100dvh - 112px);border:1px solid transparent;border-radius:16px;background:var(--bk-surface);box-shadow:var(--bk-shadow);color-scheme:light;visibility:hidden;opacity:0;transform:translateY(8px);transition:opacity .18s cubic-bezier(.2,0,0,1),transform .18s cubic-bezier(.2,0,0,1),visibility 0s .18s}
.ib-widget-wrapper.bk-dark .bk-window{border-color:var(--bk-line);color-scheme:dark}
.ib-widget-wrapper.bk-open .bk-window{visibility:visible;opacity:1;transform:none;transition-delay:0s}
.ib-widget-wrapper .bk-close{all:initial;display:none}
@media(max-width:479.98px){
.ib-widget-wrapper .bk-launcher{width:52px;height:52px}
.ib-widget-wrapper.bk-open .bk-launcher{display:none}
.ib-widget-wrapper .bk-window{inset:0;width:100%;max-width:none;height:100vh;height:100dvh;border:0;border-radius:0}
.ib-widget-wrapper.bk-open .bk-close{position:fixed;top:10px;right:8px;top:calc(10px + env(safe-area-inset-top,0px));display:grid;place-items:center;width:44px;height:44px;border-radius:8px;color:var(--bk-muted,#5a615b);cursor:pointer;z-index:1}
.ib-widget-wrapper.bk-dark .bk-close{color:var(--bk-muted,#9da69f)}
}
@media(prefers-reduced-motion:reduce){.ib-widget-wrapper .bk-launcher,.ib-widget-wrapper .bk-window{transition:none}}
`;
