/** One write at a time, with the key of the attempt: an attempt whose answer was lost is sent again under the same key. */
import { ref } from "vue";
import { newKey } from "@/api/client";
import { Unreachable } from "@/api/problem";
import { sentence } from "@/kit/said";

export function useOnce() {
  const busy = ref(false);
  const failure = ref("");
  let key = newKey();
  async function once(work: (key: string) => Promise<unknown>): Promise<boolean> {
    busy.value = true;
    failure.value = "";
    try {
      await work(key);
      key = newKey();
      return true;
    } catch (reason) {
      if (!(reason instanceof Unreachable)) key = newKey();
      failure.value = sentence(reason);
      return false;
    } finally {
      busy.value = false;
    }
  }
  return { busy, failure, once };
}
