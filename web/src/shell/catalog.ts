/** The lists of the product: units, places, categories, acts and what each asks for, and the words of every code. Read once. */
import { defineStore } from "pinia";
import { computed, shallowRef } from "vue";
import { pickPlaces, readCatalog } from "@/api/calls";
import type { Act, Catalog, CategoryEntry, PlaceEntry, UnitEntry } from "@/api/types";
import { locale } from "./language";

export const useCatalog = defineStore("catalog", () => {
  const all = shallowRef<Catalog | null>(null);
  /** Places beyond the catalog: a district has too many grids to read all of them at once. */
  const more = shallowRef(new Map<string, PlaceEntry>());
  const asked = new Set<string>();
  let reading: Promise<void> | null = null;

  function load(): Promise<void> {
    if (all.value) return Promise.resolve();
    reading ??= readCatalog()
      .then((answer) => {
        all.value = answer;
      })
      .finally(() => {
        reading = null;
      });
    return reading;
  }

  /** After a change of account: another person may see other units. */
  function forget(): void {
    all.value = null;
    more.value = new Map();
    asked.clear();
  }

  const byCode = <T extends { code: string }>(list: T[] | undefined) => new Map((list ?? []).map((one) => [one.code, one]));
  const acts = computed(() => byCode<Act>(all.value?.acts));
  const places = computed(() => new Map([...more.value, ...byCode<PlaceEntry>(all.value?.places)]));

  function remember(rows: PlaceEntry[]): void {
    more.value = new Map([...more.value, ...rows.map((one): [string, PlaceEntry] => [one.code, one])]);
  }

  /** A code that the catalog does not name is asked for once; what shows it is drawn again when the answer is there. */
  function lookUp(code: string): void {
    if (all.value?.all_grids !== false || asked.has(code)) return;
    asked.add(code);
    pickPlaces(code, "", undefined).then(remember, () => asked.delete(code));
  }
  const categories = computed(() => byCode<CategoryEntry>(all.value?.categories));
  const openUnits = computed(() => (all.value?.units ?? []).filter((u) => u.open));
  const units = computed(() => new Map<string, UnitEntry>((all.value?.units ?? []).map((u) => [u.id, u])));
  const lists = computed(() => new Map(Object.entries(all.value?.lists ?? {}).map(([name, list]) => [name, byCode(list)])));

  // The lists say their English in lower case, as inside a sentence; on a button or a label it begins one.
  const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
  const own = (one: { zh: string; en: string } | undefined) => (one ? (locale.value === "zh" ? one.zh : capital(one.en || one.zh)) : undefined);

  /** The word of a code in the language of the screen; the code itself when the list does not have it. */
  function word(list: string, code: string | null | undefined): string {
    if (!code) return "";
    return own(lists.value.get(list)?.get(code)) ?? code;
  }

  const options = (list: string) => all.value?.lists[list] ?? [];
  const act = (code: string) => acts.value.get(code);
  const actWord = (code: string) => own(acts.value.get(code)) ?? code;
  const say = (one: { zh: string; en: string }) => own(one) ?? "";

  /** What a datum is called, looked up in the act it belongs to, else in any act that asks for it. */
  function datumWord(actCode: string, name: string): string {
    const found = acts.value.get(actCode)?.data.find((d) => d.name === name) ?? all.value?.acts.flatMap((a) => a.data).find((d) => d.name === name);
    return own(found) ?? name;
  }

  const categoryWord = (code: string) => {
    const found = categories.value.get(code);
    return own(found && { zh: found.name, en: found.name_en }) ?? code;
  };

  /** A place with the one above it, `盛中村 › 3网格`. */
  function placePath(code: string | null | undefined): string {
    const here = code ? places.value.get(code) : undefined;
    if (!here) {
      if (code) lookUp(code);
      return code ?? "";
    }
    return here.above ? `${here.above} › ${here.name}` : here.name;
  }

  return { all, load, forget, remember, act, acts, units, openUnits, places, categories, word, options, actWord, say, datumWord, placePath, categoryWord };
});
