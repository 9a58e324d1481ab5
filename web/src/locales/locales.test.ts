import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import en from "./en";
import zh from "./zh";

const SRC = new URL("..", import.meta.url).pathname;
const CJK = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]/;

function leaves(tree: object, at = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) => (typeof value === "string" ? [[`${at}${key}`, value] as [string, string]] : leaves(value as object, `${at}${key}.`)));
}

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

const code = files(SRC).filter((f) => /\.(ts|vue)$/.test(f) && !f.includes("/locales/") && !f.endsWith("schema.ts"));
// Reasons may be written in any language; what people see may not.
const bare = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/<!--[\s\S]*?-->/g, "").replace(/(^|[^:"'`])\/\/.*$/gm, "$1");
const known = new Map(leaves(zh));
const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

describe("messages", () => {
  it("has the same keys and the same holes in both languages", () => {
    const other = new Map(leaves(en));
    expect([...other.keys()].sort()).toEqual([...known.keys()].sort());
    for (const [key, text] of known) expect([key, holes(other.get(key) ?? "")]).toEqual([key, holes(text)]);
  });

  it("leaves no message empty, and no Chinese in English but the name of the other language", () => {
    for (const [key, text] of [...leaves(zh), ...leaves(en)]) expect([key, text.trim()]).not.toEqual([key, ""]);
    for (const [key, text] of leaves(en)) if (key !== "language.other") expect([key, CJK.test(text)]).toEqual([key, false]);
  });

  it("keeps words of people out of the code", () => {
    const found = code.filter((f) => CJK.test(bare(readFileSync(f, "utf8")))).map((f) => f.slice(SRC.length));
    expect(found).toEqual([]);
  });

  it("knows every key that the code asks for", () => {
    const asked = code.flatMap((f) => [...bare(readFileSync(f, "utf8")).matchAll(/\bt\(\s*["']([\w.]+)["']|says: "([\w.]+)"|title: "([a-z-]+\.[\w.]+)"/g)].map((m) => m[1] ?? m[2] ?? m[3] ?? ""));
    expect(asked.length).toBeGreaterThan(150);
    expect(asked.filter((key) => !known.has(key))).toEqual([]);
  });
});
