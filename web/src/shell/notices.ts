/** What waits for this person's acknowledgement; the bell counts it, the page lists it. */
import { defineStore } from "pinia";
import { ref, shallowRef } from "vue";
import { notices as calls, type Notices } from "@/notices/calls";

export const useNoticesStore = defineStore("notices", () => {
  const data = shallowRef<Notices | null>(null);
  const failure = ref<unknown>(null);

  async function again(): Promise<void> {
    try {
      data.value = await calls.list();
      failure.value = null;
    } catch (reason) {
      failure.value = reason;
    }
  }

  function forget(): void {
    data.value = null;
    failure.value = null;
  }

  return { data, failure, again, forget };
});
