/**
 * Half-written words, kept on this machine under the account that wrote them until they are sent or a week old.
 * They hold what people said, so they are never read under another account and go when they were sent.
 */
const WEEK = 7 * 24 * 3_600_000;
const PREFIX = "xja.draft.";

let owner = "";

/** Drafts from here on belong to this account; what is older than a week is dropped. */
export function ownDrafts(account: string): void {
  owner = account;
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(PREFIX)) continue;
    const kept = parse(localStorage.getItem(key));
    if (!kept || Date.now() - kept.at > WEEK) localStorage.removeItem(key);
  }
}

function parse(text: string | null): { at: number; values: Record<string, unknown> } | null {
  if (!text) return null;
  try {
    return JSON.parse(text) as { at: number; values: Record<string, unknown> };
  } catch {
    return null;
  }
}

const place = (key: string) => `${PREFIX}${owner}.${key}`;

export function readDraft(key: string): { at: number; values: Record<string, unknown> } | null {
  return owner ? parse(localStorage.getItem(place(key))) : null;
}

export function keepDraft(key: string, values: Record<string, unknown>): void {
  if (!owner) return;
  try {
    localStorage.setItem(place(key), JSON.stringify({ at: Date.now(), values }));
  } catch {
    // A full disk must not stop anybody from typing.
  }
}

export function dropDraft(key: string): void {
  if (owner) localStorage.removeItem(place(key));
}
