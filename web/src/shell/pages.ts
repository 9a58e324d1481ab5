/** Matters that are open at this desk, as a strip of tabs; what is half-written in them is kept by the drafts. */
import { ref, watch } from "vue";

export interface OpenPage {
  id: string;
  number: string;
  title: string;
}

const KEPT = "xja.pages";
const OWNER = "xja.pages.of";
const MOST = 8;

function read(): OpenPage[] {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "[]") as OpenPage[];
  } catch {
    return [];
  }
}

const list = ref<OpenPage[]>(typeof sessionStorage === "undefined" ? [] : read());
watch(list, (now) => sessionStorage.setItem(KEPT, JSON.stringify(now)), { deep: true });

export const openPages = {
  list,
  add(page: OpenPage): void {
    const at = list.value.findIndex((p) => p.id === page.id);
    if (at >= 0) list.value[at] = page;
    else list.value = [...list.value, page].slice(-MOST);
  },
  drop(id: string): void {
    list.value = list.value.filter((p) => p.id !== id);
  },
  /** Another person at the same desk starts with an empty strip. */
  own(account: string): void {
    if (sessionStorage.getItem(OWNER) === account) return;
    sessionStorage.setItem(OWNER, account);
    list.value = [];
  },
  clear(): void {
    list.value = [];
  },
};
