/** What others do, as they do it. A page says what it looks at; the stream says when to read it again. */
import { onBeforeUnmount, onMounted, ref } from "vue";
import { address } from "@/api/client";
import { sendUnsent } from "@/kit/form";
import type { Change } from "@/api/types";
import { openStream, type Said } from "./stream";

type Hear = (change: Change | null) => void;

const GATHER_MS = 160;
const STORM_MS = 500;

const hearers = new Set<Hear>();
const noticed = new Set<() => void>();

/** Whether the stream stands, and since when it does not. */
export const lostSince = ref<number | null>(null);
/** The last request of any kind got no answer. */
export const unreached = ref(false);

let stop: (() => void) | null = null;
let suspicion: ReturnType<typeof setTimeout> | undefined;

function take(said: Said): void {
  switch (said.kind) {
    case "open":
      clearTimeout(suspicion);
      suspicion = undefined;
      lostSince.value = null;
      sendUnsent();
      break;
    case "lost":
      // A page that is just opening is not a lost connection; three seconds of silence are.
      suspicion ??= setTimeout(() => {
        lostSince.value = Date.now();
      }, 3000);
      break;
    case "notice":
      for (const hear of noticed) hear();
      break;
    case "resync":
      for (const hear of hearers) hear(null);
      for (const hear of noticed) hear();
      break;
    case "change":
      for (const hear of hearers) hear(said.data as Change);
      break;
  }
}

/** Starts listening for the account that is logged in now; `fresh` when somebody just logged in, so that no old line is kept. */
export function listen(fresh = false): void {
  if (stop) return;
  const where = new URL(address("/stream"), location.href).href;
  if (typeof SharedWorker !== "undefined") {
    try {
      const worker = new SharedWorker(new URL("./stream.worker.ts", import.meta.url), { type: "module", name: "xja-stream" });
      worker.port.onmessage = (event: MessageEvent<Said>) => take(event.data);
      worker.port.postMessage({ say: fresh ? "restart" : "start", address: where });
      const bye = () => worker.port.postMessage({ say: "bye", address: where });
      const back = (event: PageTransitionEvent) => {
        if (event.persisted) worker.port.postMessage({ say: "start", address: where });
      };
      window.addEventListener("pagehide", bye);
      window.addEventListener("pageshow", back);
      stop = () => {
        window.removeEventListener("pagehide", bye);
        window.removeEventListener("pageshow", back);
        bye();
        worker.port.close();
      };
      return;
    } catch {
      // Some old or locked-down browsers have the name and not the thing.
    }
  }
  stop = openStream(where, take);
}

/** Nobody is logged in any more. */
export function hush(): void {
  stop?.();
  stop = null;
  clearTimeout(suspicion);
  suspicion = undefined;
  lostSince.value = null;
}

/**
 * Calls `again` soon after a change that `cares` (all, when left out). Bursts are gathered for a sixth of a second, and in a
 * storm it is called every half second, so a board of 26 stations reads once for ten acts and still within a second of each.
 */
export function useLive(again: (changes: Change[] | null) => void, cares: (change: Change) => boolean = () => true): void {
  let gathered: Change[] | null = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = 0;
  const hear: Hear = (change) => {
    if (change && !cares(change)) return;
    if (change === null) gathered = null;
    else gathered?.push(change);
    timer ??= setTimeout(() => {
      timer = undefined;
      last = Date.now();
      const told = gathered;
      gathered = [];
      again(told);
    }, Math.max(GATHER_MS, last + STORM_MS - Date.now()));
  };
  onMounted(() => hearers.add(hear));
  onBeforeUnmount(() => {
    hearers.delete(hear);
    clearTimeout(timer);
  });
}

/** Calls `again` when a notice for this person came. */
export function useNotices(again: () => void): void {
  onMounted(() => noticed.add(again));
  onBeforeUnmount(() => noticed.delete(again));
}
