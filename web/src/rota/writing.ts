/** Months, days and instants as the rota writes them. */

/** `2026-11` moved by so many months. */
export function monthPlus(month: string, n: number): string {
  const [year = 0, at = 1] = month.split("-").map(Number);
  const all = year * 12 + at - 1 + n;
  return `${Math.floor(all / 12)}-${String((all % 12) + 1).padStart(2, "0")}`;
}

/** The day in Shanghai of an instant, `2026-11-24`. */
export function dayOf(at: number): string {
  return new Date(at + 8 * 3_600_000).toISOString().slice(0, 10);
}

/** `2026-11-24 08:00`, in Shanghai. */
export function stamp(at: number): string {
  return new Date(at + 8 * 3_600_000).toISOString().slice(0, 16).replace("T", " ");
}

/** The last day of `2026-11`. */
export function lastDay(month: string): string {
  const next = new Date(`${monthPlus(month, 1)}-01T00:00:00Z`);
  return new Date(next.getTime() - 86_400_000).toISOString().slice(0, 10);
}
