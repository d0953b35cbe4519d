/**
 * The loader's rules. Two classes deep: stronger than a site's `button { … }`, weaker than a site's rules for the ids, which
 * sites use to move the launcher. `all: initial` keeps the rest of the page out.
 */
export const STYLES = `
.ib-widget-wrapper .bk{all:initial;position:fixed;box-sizing:border-box;z-index:2147483000;cursor:pointer}
.ib-widget-wrapper{--bk-surface:#fff;--bk-muted:#5a615b;--bk-accent:#1c5f4e;--bk-on-accent:#fff;--bk-shadow:0 1px 2px #1418141a,0 12px 32px #14181429}
.bk-dark.ib-widget-wrapper{--bk-surface:#191d1a;--bk-muted:#9da69f;--bk-accent:#7ccbb0;--bk-on-accent:#0c1f18;--bk-shadow:0 12px 32px #00000080}
.bk-hidden.ib-widget-wrapper{display:none}
.ib-widget-wrapper .bk-launcher{inset-inline-end:calc(20px + env(safe-area-inset-right));bottom:calc(20px + env(safe-area-inset-bottom));width:56px;height:56px;display:grid;place-items:center;border-radius:18px;background:var(--bk-accent);color:var(--bk-on-accent);box-shadow:var(--bk-shadow)}
.ib-widget-wrapper .bk:not(iframe):focus-visible{outline:2px solid var(--bk-accent);outline-offset:2px}
.ib-widget-wrapper .bk svg{display:block;pointer-events:none;width:28px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round}
.ib-widget-wrapper .bk-window{inset-inline-end:calc(20px + env(safe-area-inset-right));bottom:calc(92px + env(safe-area-inset-bottom));width:384px;max-width:calc(100vw - 40px);height:min(640px,100dvh - 112px);border:0;border-radius:16px;background:var(--bk-surface);box-shadow:var(--bk-shadow);visibility:hidden}
.bk-open.ib-widget-wrapper .bk-window{visibility:visible}
.ib-widget-wrapper .bk-close{display:none}
@media(max-width:479.98px){
.ib-widget-wrapper .bk-launcher{width:52px;height:52px}
.bk-open.ib-widget-wrapper .bk-launcher{display:none}
.ib-widget-wrapper .bk-window{inset:0;width:100%;max-width:none;height:100dvh;border-radius:0}
.bk-open.ib-widget-wrapper .bk-close{top:calc(10px + env(safe-area-inset-top));inset-inline-end:8px;display:grid;place-items:center;width:44px;height:44px;border-radius:8px;color:var(--bk-muted)}
}
`;
