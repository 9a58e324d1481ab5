/** One write at a time with the key of its first try, and its refusal as a sentence at the place where it was tried. */
import { ref } from "vue";
import { newKey } from "@/api/client";
import { Unreachable } from "@/api/problem";
import { sentence } from "@/kit/said";

export function useWriting() {
  const busy = ref(false);
  const failure = ref("");
  let key: string | null = null;

  /** Runs `write`; says whether it was done. */
  async function write(todo: (key: string) => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    failure.value = "";
    key ??= newKey();
    try {
      await todo(key);
      key = null;
      return true;
    } catch (reason) {
      if (!(reason instanceof Unreachable)) key = null;
      failure.value = sentence(reason);
      return false;
    } finally {
      busy.value = false;
    }
  }
  return { busy, failure, write };
}
