// What the event loop is asked for. Works in Node, its workers, pages and theirs.

type Immediate = (callback: () => void) => unknown;
const immediate: Immediate | undefined = (globalThis as { setImmediate?: Immediate }).setImmediate;

/** Lets everything else in the event loop have its turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (immediate !== undefined) immediate(resolve);
    else setTimeout(resolve, 0);
  });
}

let held = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** Keeps the process alive until the returned function is called. */
export function keepAlive(): () => void {
  if (held++ === 0) timer = setInterval(() => {}, 0x3fff_ffff);
  return () => {
    if (--held === 0) clearInterval(timer);
  };
}

/** Settles when the promise does, the time is up, or the signal is aborted, whichever comes first. */
export function within(promise: Promise<void>, milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  if (milliseconds === Infinity && signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    // Longer timers overflow, and a slice is far shorter.
    const limit = setTimeout(settle, Math.min(Math.max(0, milliseconds), 0x3fff_ffff));
    signal?.addEventListener("abort", settle);
    promise.then(settle, (error: unknown) => {
      settle();
      reject(error);
    });
    function settle(): void {
      clearTimeout(limit);
      signal?.removeEventListener("abort", settle);
      resolve();
    }
  });
}
