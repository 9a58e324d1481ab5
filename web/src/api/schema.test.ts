import { existsSync, readFileSync } from "node:fs";
import openapi, { astToString } from "openapi-typescript";
import { describe, expect, it } from "vitest";

const description = new URL("../../../docs/api/openapi.json", import.meta.url);
const generated = new URL("./schema.ts", import.meta.url);

describe("the server's description", () => {
  it.skipIf(!existsSync(description))("is what the checked-in types were made from (npm run gen)", async () => {
    const fresh = astToString(await openapi(description));
    const strip = (text: string) => text.replace(/^\/\*\*[\s\S]*?\*\/\s*/, "").trim();
    expect(strip(readFileSync(generated, "utf8"))).toBe(strip(fresh));
  });
});
