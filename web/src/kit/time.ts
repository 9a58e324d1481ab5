/**
 * Instants as people read them. The server counts in UTC milliseconds; every desk of the product stands in one time zone,
 * UTC+8 without summer time since 1991, so the offset is a constant and a machine set to another zone still shows the station's time.
 */
import { computed, ref } from "vue";
import type { Instant } from "@/api/types";

const ZONE_MS = 8 * 3_600_000;
const MINUTE = 60_000;

const skew = ref(0);
const tick = ref(Date.now());
let timer: ReturnType<typeof setInterval> | undefined;

/** The server's clock, to the nearest ten seconds; in practice mode it may be days ahead of the wall. */
export const now = computed<Instant>(() => tick.value + skew.value);

/** The server's clock to the millisecond, as far as it is known here. */
export const serverNow = (): Instant => Date.now() + skew.value;

/** Sets the screen's clock by what the server said. */
export function setClock(server: Instant): void {
  skew.value = server - Date.now();
  tick.value = Date.now();
  if (timer === undefined && typeof window !== "undefined") {
    timer = setInterval(() => {
      tick.value = Date.now();
    }, 10_000);
  }
}

const two = (n: number) => String(n).padStart(2, "0");

function parts(at: Instant) {
  const d = new Date(at + ZONE_MS);
  return { y: d.getUTCFullYear(), mo: d.getUTCMonth() + 1, d: d.getUTCDate(), h: d.getUTCHours(), mi: d.getUTCMinutes(), s: d.getUTCSeconds() };
}

/** `2026-11-24 09:30` */
export function dateTime(at: Instant): string {
  const p = parts(at);
  return `${p.y}-${two(p.mo)}-${two(p.d)} ${two(p.h)}:${two(p.mi)}`;
}

/** `2026-11-24` */
export function date(at: Instant): string {
  return dateTime(at).slice(0, 10);
}

/** `09:30` */
export function clockTime(at: Instant): string {
  return dateTime(at).slice(11);
}

/** The time alone when it is today, else month and day too: what a narrow column can hold. */
export function shortTime(at: Instant, today: Instant = now.value): string {
  const text = dateTime(at);
  if (text.slice(0, 10) === date(today)) return text.slice(11);
  return text.slice(0, 4) === date(today).slice(0, 4) ? text.slice(5) : text.slice(0, 10);
}

/** `2026-11-24T09:30+08:00`, for `<time datetime>`. */
export function machineTime(at: Instant): string {
  const p = parts(at);
  return `${p.y}-${two(p.mo)}-${two(p.d)}T${two(p.h)}:${two(p.mi)}:${two(p.s)}+08:00`;
}

const FULL = /^(?:(\d{4})[-/.\u5e74])?(\d{1,2})[-/.\u6708](\d{1,2})\u65e5?(?:[\sT]+(\d{1,2})[:\uff1a](\d{2}))?$/;
const CLOCK = /^(\d{1,2})[:\uff1a](\d{2})$/;

/** Reads what people type for a time; a missing year is this one, a missing day today. Null when it is no time. */
export function readInstant(text: string, today: Instant): Instant | null {
  const here = parts(today);
  const bare = CLOCK.exec(text.trim());
  const full = FULL.exec(text.trim());
  const [y, mo, d, h, mi] = bare
    ? [here.y, here.mo, here.d, Number(bare[1]), Number(bare[2])]
    : full
      ? [Number(full[1] ?? here.y), Number(full[2]), Number(full[3]), Number(full[4] ?? 0), Number(full[5] ?? 0)]
      : [0, 0, 0, 0, 0];
  if (!y) return null;
  const utc = Date.UTC(y, mo - 1, d, h, mi);
  const back = new Date(utc);
  const same = back.getUTCFullYear() === y && back.getUTCMonth() === mo - 1 && back.getUTCDate() === d && back.getUTCHours() === h && back.getUTCMinutes() === mi;
  return same ? utc - ZONE_MS : null;
}

export interface Span {
  days: number;
  hours: number;
  minutes: number;
}

/** Whole days, hours and minutes of a span; never negative. */
export function span(ms: number): Span {
  const total = Math.floor(Math.max(0, ms) / MINUTE);
  return { days: Math.floor(total / 1440), hours: Math.floor((total % 1440) / 60), minutes: total % 60 };
}

type Say = (key: string, named: Record<string, number>) => string;

/** The two largest units of a span that are not nought, in words: `3 小时 12 分`. */
export function spanText(ms: number, say: Say): string {
  const { days, hours, minutes } = span(ms);
  const words: string[] = [];
  if (days) words.push(say("time.days", { n: days }));
  if (hours) words.push(say("time.hours", { n: hours }));
  if (minutes && !days) words.push(say("time.minutes", { n: minutes }));
  if (!words.length) words.push(say("time.minutes", { n: 0 }));
  return words.slice(0, 2).join(" ");
}
