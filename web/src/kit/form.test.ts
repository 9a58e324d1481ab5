import { describe, expect, it } from "vitest";
import type { Datum } from "@/api/types";
import { asked, outgoing } from "./form";

const datum = (name: string, more: Partial<Datum> = {}): Datum => ({ name, zh: name, en: name, kind: "text", required: true, ...more });

describe("what a form asks and sends", () => {
  const data = [datum("reason", { kind: "code" }), datum("missing", { when: { datum: "reason", is: ["r3"] } }), datum("units", { kind: "units" })];
  it("asks for a conditional datum only when its condition holds", () => {
    expect(asked(data[1]!, { reason: "r1" })).toBe(false);
    expect(asked(data[1]!, { reason: "r3" })).toBe(true);
    expect(asked(datum("x", { when: { datum: "flag", is: ["true"] } }), { flag: true })).toBe(true);
  });
  it("sends neither blanks nor what is not asked for", () => {
    expect(outgoing(data, { reason: "r1", missing: "left over", units: [] })).toEqual({ reason: "r1" });
    expect(outgoing(data, { reason: "r3", missing: "  a map ", units: ["u1"] })).toEqual({ reason: "r3", missing: "a map", units: ["u1"] });
  });
});
