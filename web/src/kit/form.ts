/**
 * A form built from what an act's guard asks for. It keeps a draft, sends under one idempotency key until there is an answer,
 * puts the server's refusals at the datum that they name, and never pretends: it is sent when the server has said yes.
 */
import { computed, onBeforeUnmount, reactive, ref, shallowRef, watch } from "vue";
import { newKey } from "@/api/client";
import { Problem, Unreachable } from "@/api/problem";
import type { Datum } from "@/api/types";
import { dropDraft, keepDraft, readDraft } from "./drafts";
import { datumSentence } from "./said";
import { serverNow } from "./time";

export type Values = Record<string, unknown>;

export interface FormOptions<T> {
  data: () => Datum[];
  /** What is known before anybody types; not asked again where `fixed`. */
  initial?: Values;
  fixed?: () => Values;
  draft: string;
  send: (data: Values, key: string) => Promise<T>;
  done: (answer: T) => void;
}

const unsent = reactive(new Map<symbol, () => void>());
/** How many forms wait for a connection. */
export const unsentCount = computed(() => unsent.size);

/** The line is back: what waits goes at once, each under the key of its first try. */
export function sendUnsent(): void {
  for (const send of [...unsent.values()]) send();
}

export const empty = (value: unknown) => value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);

/** Whether a datum is asked for, given what the other data hold. */
export function asked(datum: Datum, values: Values): boolean {
  if (datum.with && empty(values[datum.with])) return false;
  if (!datum.when) return true;
  const held = values[datum.when.datum];
  const texts = Array.isArray(held) ? held.map(String) : [typeof held === "boolean" ? String(held) : (held as string | undefined) ?? ""];
  return texts.some((text) => datum.when?.is.includes(text));
}

/** What goes to the server: only what is asked for and filled, words without the blanks around them. */
export function outgoing(data: Datum[], values: Values): Values {
  const out: Values = {};
  for (const datum of data) {
    if (!asked(datum, values)) continue;
    const value = values[datum.name];
    const trimmed = typeof value === "string" ? value.trim() : value;
    if (!empty(trimmed)) out[datum.name] = trimmed;
  }
  return out;
}

export function useForm<T>(options: FormOptions<T>) {
  const me = Symbol("form");
  const kept = readDraft(options.draft);
  // An instant that must be given is nearly always this one.
  const instants = Object.fromEntries(
    options
      .data()
      .filter((d) => d.kind === "instant" && (d.required || d.when))
      .map((d) => [d.name, serverNow()]),
  );
  const values = reactive<Values>({ ...instants, ...(options.initial ?? {}), ...(kept?.values ?? {}) });
  const draftAt = ref(kept?.at ?? 0);
  const errors = reactive<Record<string, string>>({});
  const refusal = shallowRef<Problem | null>(null);
  const state = ref<"idle" | "sending" | "unsent" | "sent">("idle");
  let key = "";
  let retry: ReturnType<typeof setTimeout> | undefined;

  const all = computed<Values>(() => ({ ...values, ...(options.fixed?.() ?? {}) }));
  const fixed = computed(() => Object.keys(options.fixed?.() ?? {}));
  const shown = computed(() => options.data().filter((d) => !fixed.value.includes(d.name) && asked(d, all.value)));
  const frozen = computed(() => state.value === "sending" || state.value === "unsent");

  let saving: ReturnType<typeof setTimeout> | undefined;
  let start: Values = { ...instants, ...(options.initial ?? {}) };
  const save = () => {
    if (state.value === "sent") return;
    const touched = Object.keys(values).some((name) => !(empty(values[name]) && empty(start[name])) && JSON.stringify(values[name]) !== JSON.stringify(start[name]));
    if (touched) keepDraft(options.draft, { ...values });
    else dropDraft(options.draft);
  };
  watch(values, () => {
    clearTimeout(saving);
    saving = setTimeout(save, 250);
  });
  // A reload or a closed window does not unmount; its last letters are words too.
  window.addEventListener("pagehide", save);

  function set(name: string, value: unknown): void {
    values[name] = value;
    delete errors[name];
  }

  async function submit(): Promise<boolean> {
    if (state.value === "sending" || state.value === "sent") return false;
    clearTimeout(retry);
    if (!key) key = newKey();
    for (const name of Object.keys(errors)) delete errors[name];
    refusal.value = null;
    state.value = "sending";
    try {
      const answer = await options.send(outgoing(options.data(), all.value), key);
      key = "";
      state.value = "sent";
      unsent.delete(me);
      clearTimeout(saving);
      dropDraft(options.draft);
      options.done(answer);
      return true;
    } catch (reason) {
      if (reason instanceof Unreachable) {
        state.value = "unsent";
        unsent.set(me, () => void submit());
        retry = setTimeout(() => void submit(), 4000);
        return false;
      }
      unsent.delete(me);
      key = "";
      state.value = "idle";
      if (!(reason instanceof Problem)) throw reason;
      refusal.value = reason;
      for (const one of reason.body.errors ?? []) errors[one.datum] = datumSentence(one);
      return false;
    }
  }

  /** Clears everything for the next one. */
  function reset(initial: Values = { ...instants, ...(options.initial ?? {}) }): void {
    for (const name of Object.keys(values)) delete values[name];
    Object.assign(values, initial);
    start = initial;
    for (const name of Object.keys(errors)) delete errors[name];
    refusal.value = null;
    state.value = "idle";
    draftAt.value = 0;
    dropDraft(options.draft);
  }

  onBeforeUnmount(() => {
    window.removeEventListener("pagehide", save);
    clearTimeout(retry);
    clearTimeout(saving);
    save();
    unsent.delete(me);
  });

  return { values, errors, refusal, state, shown, frozen, draftAt, set, submit, reset };
}
