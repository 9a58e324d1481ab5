/** What the screen of the rule book asks the server. */
import { call } from "@/api/client";
import type { components } from "@/api/schema";

type S = components["schemas"];
export type Rule = S["RuleDto"];
export type RuleVersion = S["RuleVersionDto"];
export type RuleChange = S["RuleChangeDto"];
export type RulePreview = S["RulePreviewDto"];

const at = (id: string) => `/policies/${encodeURIComponent(id)}`;

export const rules = {
  list: () => call<S["RulesDto"]>("GET", "/policies"),
  versions: (id: string) => call<RuleVersion[]>("GET", at(id)),
  preview: (id: string, change: RuleChange) => call<RulePreview>("POST", `${at(id)}/preview`, { body: change }),
  set: (id: string, change: RuleChange, key: string) => call<{ version: number }>("PUT", at(id), { body: change, key }),
};

/** The cells of a rule that may be changed, as a form. */
export type Cells = Omit<RuleChange, "version" | "open">;
export const cells = ({ span, extend, pause, steps, mark, source, name }: Rule): Cells => ({ span, extend, pause, steps, mark: mark.code, source, name });
