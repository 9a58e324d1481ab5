import { describe, expect, it } from "vitest";
import type { TrailEntry } from "@/api/types";
import { factsOf, wordsOf } from "./trail";

const entry = (words: TrailEntry["words"], facts: TrailEntry["facts"] = []): TrailEntry => ({ chain: "c", seq: 1, at: 0, act: "register", by: { name: "n", post: null, unit: null, on_behalf: null }, words, facts, holder: null, held_ms: 0 });

describe("an entry of the trail", () => {
  it("says each word once and no title that only begins what was said", () => {
    const e = entry([
      { name: "title", text: "noise at n\u2026" },
      { name: "said", text: "noise at night" },
      { name: "again", text: "noise at night" },
      { name: "gone", text: null },
    ]);
    expect(wordsOf(e).map((w) => w.name)).toEqual(["said", "gone"]);
    expect(wordsOf(e, "noise at night").map((w) => w.name)).toEqual(["gone"]);
  });
  it("says each fact once", () => {
    const fact = { said_zh: "a", said_en: "b" };
    expect(factsOf(entry([], [fact, fact]), "en")).toEqual(["b"]);
  });
});
