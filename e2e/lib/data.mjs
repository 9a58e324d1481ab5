/** Which words on a screen are data: what people said and what places, units and persons are called. They stay in the language in which they were said. */

/** Names of members that hold such words, wherever they stand in an answer. A reason (`because`) quotes what was said or a rule that the house wrote. */
const OWN = new Set(["name", "title", "spot", "text", "number", "what", "outcome", "login", "place", "anonymous_reason", "because", "file", "sheet", "reason", "phone_masked", "acknowledged_by", "by", "edition", "equipment", "remarks", "basis", "purpose"]);
/** Members whose words belong to the product and have an English of their own. */
const PRODUCTS = new Set(["category", "categories", "acts", "lists", "tabs", "barred", "why"]);

/** @param {unknown} value @param {Set<string>} words @param {string} member @param {boolean} products whether only quoted reasons are data here */
function gather(value, words, member, products = false) {
  if (typeof value === "string") {
    if (products ? member === "because" : OWN.has(member)) for (const line of value.split("\n")) words.add(line.trim());
    return;
  }
  if (Array.isArray(value)) for (const one of value) gather(one, words, member, products);
  else if (value && typeof value === "object") {
    for (const [name, inner] of Object.entries(value)) {
      // In a trail a word's `name` is a datum of the product, and its text is the person's.
      if (member === "words" && name === "name") continue;
      gather(inner, words, name, products || PRODUCTS.has(name));
    }
  }
}

/** Listens to what the server answers this page and gathers the words of the data. @param {import("playwright-core").Page} page */
export function watchData(page) {
  /** @type {Set<string>} */
  const words = new Set();
  page.on("response", async (answer) => {
    if (!answer.url().includes("/api/v1/") || !answer.headers()["content-type"]?.includes("json")) return;
    const body = await answer.json().catch(() => null);
    gather(body, words, "");
    // What somebody said is data on a matter; on a notice it is a sentence of the product.
    if (/\/matters\/[^/]+$/.test(new URL(answer.url()).pathname) && body?.said) {
      for (const said of [body.said, ...body.reports.map((/** @type {{ said: string }} */ report) => report.said)]) for (const line of String(said).split("\n")) words.add(line.trim());
    }
  });
  return words;
}
