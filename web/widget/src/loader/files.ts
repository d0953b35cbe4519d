/** Set by the build: the names of the files that the loader fetches on use. */
declare const BECKON_PAGE_PART: string;
declare const BECKON_REFUSALS: string;

export const PAGE_PART = BECKON_PAGE_PART;
export const REFUSALS = BECKON_REFUSALS;

const script = document.currentScript as HTMLScriptElement | null;

/** Where Beckon is: this script's origin. */
export const base = script?.src ? new URL(script.src).origin : location.origin;

/** Longest wait for a file, milliseconds. */
const FILE_MS = 10_000;

/** Fails when it takes longer. */
export function within<Value>(milliseconds: number, promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(reject, milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Fetches one of our files into the page, once. Fails where a policy of the site forbids it, or without a network. */
export const bring = <Module>(file: string): Promise<Module> =>
  within(FILE_MS, import(/* @vite-ignore */ `${base}/widget/assets/${file}`) as Promise<Module>);
