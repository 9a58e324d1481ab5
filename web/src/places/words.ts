/** Columns and codes of places in the language of the screen. */
import { useI18n } from "vue-i18n";
import { useCatalog } from "@/shell/catalog";

const LISTS: Record<string, string> = {
  tier: "tier",
  grid: "grid_kind",
  function: "function",
  functions: "station_function",
  zone: "zone",
  state: "equipment_state",
  standing: "standing",
  presence: "presence",
  purpose: "room_use",
};

export function useWords() {
  const { t, te } = useI18n();
  const catalog = useCatalog();
  // The columns of a duty list are the kinds on it.
  const field = (name: string) => (te(`places.fields.${name}`) ? t(`places.fields.${name}`) : catalog.categories.has(name) ? `${name} ${catalog.categoryWord(name)}` : name);
  /** A value as people read it: codes by their list, units and places by their names. */
  function value(name: string, raw: string | null): string {
    if (!raw) return "";
    const list = LISTS[name];
    if (list) return raw.split(" ").map((code) => catalog.word(list, code)).join(" ");
    if (name === "parent" || name === "unit" || name === "home" || name === "place" || name === "predecessor") {
      return catalog.units.get(raw)?.name ?? catalog.places.get(raw)?.name ?? raw;
    }
    if (catalog.categories.has(name)) {
      const [role = "", ...source] = raw.split(" ");
      return [catalog.word("duty_role", role), source.join(" ")].filter(Boolean).join(" · ");
    }
    if (raw === "true" || raw === "false") return t(`places.${raw === "true" ? "yes" : "no"}`);
    return raw;
  }
  return { field, value, catalog };
}
