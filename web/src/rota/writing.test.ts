import { describe, expect, it } from "vitest";
import { dayOf, lastDay, monthPlus, stamp } from "./writing";

describe("months and days of the rota", () => {
  it("steps over the ends of years", () => {
    expect(monthPlus("2026-12", 1)).toBe("2027-01");
    expect(monthPlus("2026-01", -1)).toBe("2025-12");
  });
  it("knows the last day of a month", () => {
    expect(lastDay("2026-02")).toBe("2026-02-28");
    expect(lastDay("2028-02")).toBe("2028-02-29");
    expect(lastDay("2026-12")).toBe("2026-12-31");
  });
  it("counts days in Shanghai, whatever the browser's zone", () => {
    expect(dayOf(1_795_449_600_000 - 1)).toBe("2026-11-23");
    expect(stamp(1_795_449_600_000)).toBe("2026-11-24 00:00");
  });
});
