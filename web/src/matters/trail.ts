/** What an entry of the trail shows: each thing once, though the events say some of it twice. */
import type { TrailEntry } from "@/api/types";

/** Words of an act without repeats; a title that is only the beginning of what was said adds nothing. */
export function wordsOf(entry: TrailEntry, known?: string): TrailEntry["words"] {
  const texts = new Set<string>(known ? [known] : []);
  const said = entry.words.map((w) => w.text ?? "");
  return entry.words.filter((w) => {
    if (w.text === null) return true;
    const start = w.text.replace(/\u2026$/, "");
    const again = texts.has(w.text) || (w.name === "title" && [known ?? "", ...said].some((other) => other !== w.text && other.startsWith(start)));
    texts.add(w.text);
    return !again;
  });
}

/** What followed from an act, in the language of the screen, each sentence once. */
export function factsOf(entry: TrailEntry, locale: "zh" | "en"): string[] {
  return [...new Set(entry.facts.map((f) => (locale === "zh" ? f.said_zh : f.said_en || f.said_zh)))];
}
