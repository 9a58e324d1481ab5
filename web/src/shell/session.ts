/** Who is at this desk, and what they may open. What they may do to a matter is said by the server, matter by matter. */
import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import { session as calls } from "@/api/calls";
import { beginVisit, endVisit, setCsrf } from "@/api/client";
import { Problem } from "@/api/problem";
import type { Me } from "@/api/types";
import { ownDrafts } from "@/kit/drafts";
import { setClock } from "@/kit/time";
import { openPages } from "./pages";

export const useSession = defineStore("session", () => {
  const me = shallowRef<Me | null>(null);
  const asked = ref(false);

  function take(answer: Me): void {
    me.value = answer;
    setCsrf(answer.csrf);
    beginVisit();
    setClock(answer.now);
    ownDrafts(answer.account.id);
    openPages.own(answer.account.id);
  }

  /** Asks the server once who is logged in; throws only when it cannot be reached. */
  async function load(): Promise<void> {
    if (asked.value) return;
    try {
      take(await calls.read());
    } catch (reason) {
      if (!(reason instanceof Problem)) throw reason;
      me.value = null;
    }
    asked.value = true;
  }

  /** The clock and the posts again, after a time without connection. */
  async function refresh(): Promise<void> {
    if (!me.value) return;
    try {
      take(await calls.read());
    } catch {
      // The next write says so if the session has ended.
    }
  }

  async function open(login: string, password: string, code?: string): Promise<void> {
    take(await calls.open(login, password, code));
    asked.value = true;
  }

  async function password(old: string, fresh: string, key: string): Promise<void> {
    take(await calls.password(old, fresh, key));
  }

  async function close(): Promise<void> {
    endVisit();
    try {
      await calls.close();
    } finally {
      lost();
    }
  }

  function lost(): void {
    me.value = null;
    setCsrf("");
  }

  const kinds = computed(() => new Set((me.value?.posts ?? []).map((p) => p.kind)));
  const holds = (...posts: string[]) => posts.some((p) => kinds.value.has(p));

  return { me, load, refresh, open, password, close, lost, kinds, holds };
});
