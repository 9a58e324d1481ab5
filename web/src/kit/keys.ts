/**
 * One map of keys for the whole screen. A page adds its keys while it is shown and the sheet under `?` lists what counts now.
 * Keys without a modifier rest while somebody types, and can be switched off altogether (WCAG 2.1.4).
 */
import { onBeforeUnmount, reactive, ref, watch } from "vue";

export interface Key {
  /** `j`, `/`, `Enter`, `Ctrl+Enter`, `Alt+1`, `Escape` */
  key: string;
  /** Message key of what it does. */
  says: string;
  named?: Record<string, unknown>;
  run: (event: KeyboardEvent) => void;
  /** Counts only while this holds. */
  when?: () => boolean;
}

export const bindings = reactive<Key[][]>([]);

const SWITCH = "xja.keys";
export const singleKeys = ref(typeof localStorage === "undefined" || localStorage.getItem(SWITCH) !== "off");
watch(singleKeys, (on) => localStorage.setItem(SWITCH, on ? "on" : "off"));

/** True when the person is typing or choosing in a control, so that letters belong to it. */
export function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.tagName === "TEXTAREA" || target.tagName === "SELECT") return true;
  if (target.tagName !== "INPUT") return false;
  return !["checkbox", "radio", "button", "submit", "file"].includes((target as HTMLInputElement).type);
}

function name(event: KeyboardEvent): string {
  let key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.altKey && /^Digit\d$/.test(event.code)) key = event.code.slice(5);
  return `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${key}`;
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const pressed = name(event);
  const bare = !pressed.includes("+") && pressed !== "Escape";
  if (bare && (!singleKeys.value || typing(event.target))) return;
  // Enter and Space on something that can be pressed are that thing's own.
  if (bare && (pressed === "Enter" || pressed === " ") && event.target instanceof HTMLElement && event.target.closest("a,button,summary,[role=option]")) return;
  for (let i = bindings.length - 1; i >= 0; i -= 1) {
    const hit = bindings[i]?.find((k) => k.key === pressed && (k.when?.() ?? true));
    if (hit) {
      event.preventDefault();
      hit.run(event);
      return;
    }
  }
}

if (typeof document !== "undefined") document.addEventListener("keydown", onKey);

/** Adds these keys while the calling component is on the screen; the last that came is asked first. */
export function useKeys(keys: Key[]): void {
  // At set-up and not when mounted: a page is set up after its frame, but mounted before it.
  bindings.push(keys);
  onBeforeUnmount(() => {
    const at = bindings.findIndex((k) => k[0]?.run === keys[0]?.run);
    if (at >= 0) bindings.splice(at, 1);
  });
}
