/** Reading from the server: what was seen stays while it is read again, and nothing moves for 200 ms. */
import { onBeforeUnmount, ref, shallowRef, watch, type Ref, type WatchSource } from "vue";
import { Problem } from "@/api/problem";

export interface Query<T> {
  data: Ref<T | null>;
  failure: Ref<unknown>;
  /** True once the first answer has kept the person waiting for 200 ms. */
  slow: Ref<boolean>;
  busy: Ref<boolean>;
  readAt: Ref<number>;
  again: () => Promise<void>;
}

/**
 * Runs `read` now and whenever `depends` changes. A newer run makes an older one void, so answers never arrive out of order.
 */
export function useQuery<T>(read: (signal: AbortSignal) => Promise<T>, depends?: WatchSource<unknown> | WatchSource<unknown>[], fresh = false): Query<T> {
  const data = shallowRef<T | null>(null);
  const failure = shallowRef<unknown>(null);
  const slow = ref(false);
  const busy = ref(false);
  const readAt = ref(0);
  let running: AbortController | null = null;

  async function again(): Promise<void> {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    busy.value = true;
    const wait = setTimeout(() => {
      if (running === mine && data.value === null) slow.value = true;
    }, 200);
    try {
      const answer = await read(mine.signal);
      if (running !== mine) return;
      data.value = answer;
      failure.value = null;
      readAt.value = Date.now();
    } catch (reason) {
      if (running !== mine) return;
      // What is already on the screen stays when only the connection failed; a refusal replaces it.
      if (reason instanceof Problem) data.value = null;
      failure.value = reason;
    } finally {
      clearTimeout(wait);
      if (running === mine) {
        running = null;
        busy.value = false;
        slow.value = false;
      }
    }
  }

  if (depends) {
    watch(depends, () => {
      if (fresh) data.value = null;
      void again();
    });
  }
  void again();
  onBeforeUnmount(() => {
    running?.abort();
    running = null;
  });
  return { data, failure, slow, busy, readAt, again };
}
