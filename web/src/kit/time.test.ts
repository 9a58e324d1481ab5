import { describe, expect, it } from "vitest";
import { dateTime, machineTime, readInstant, span, spanText } from "./time";

const at = Date.UTC(2026, 10, 24, 1, 30); // 09:30 at the station

describe("time", () => {
  it("shows the station's time whatever the machine's zone", () => {
    expect(dateTime(at)).toBe("2026-11-24 09:30");
    expect(machineTime(at)).toBe("2026-11-24T09:30:00+08:00");
  });
  it("reads what people type, and nothing that is no time", () => {
    const midnight = at - 9.5 * 3_600_000;
    for (const text of ["2026-11-24 09:30", "2026/11/24 9:30", "11-24 9:30", " 9:30 ", "2026-11-24T09:30"]) expect([text, readInstant(text, at)]).toEqual([text, at]);
    expect(readInstant("2026-11-24", at)).toBe(midnight);
    for (const text of ["", "soon", "2026-02-30", "2026-11-24 25:00", "13-01"]) expect([text, readInstant(text, at)]).toEqual([text, null]);
  });
  it("splits spans and names the two largest units", () => {
    const say = (key: string, n: Record<string, number>) => `${n.n}${key.slice(5, 6)}`;
    expect(span(-5)).toEqual({ days: 0, hours: 0, minutes: 0 });
    expect(spanText(192 * 60_000, say)).toBe("3h 12m");
    expect(spanText((2 * 1440 + 65) * 60_000, say)).toBe("2d 1h");
    expect(spanText(20_000, say)).toBe("0m");
  });
});
