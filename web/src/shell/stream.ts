/** One EventSource with patience: reopens after a refusal with growing pauses, and says whether it stands. */
export type Said = { kind: "change" | "notice" | "resync"; data: unknown } | { kind: "open" } | { kind: "lost" };

export function openStream(address: string, tell: (said: Said) => void): () => void {
  let source: EventSource | null = null;
  let pause = 1000;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;

  const parse = (event: Event) => {
    try {
      return JSON.parse((event as MessageEvent<string>).data) as unknown;
    } catch {
      return null;
    }
  };

  function start(): void {
    if (ended) return;
    source = new EventSource(address);
    source.onopen = () => {
      pause = 1000;
      tell({ kind: "open" });
      // The server's first word is "resync": what happened while the line was down is not sent again but read anew.
    };
    for (const kind of ["change", "notice", "resync"] as const) {
      source.addEventListener(kind, (event) => tell({ kind, data: parse(event) }));
    }
    source.onerror = () => {
      tell({ kind: "lost" });
      if (source?.readyState === EventSource.CLOSED) {
        source = null;
        timer = setTimeout(start, pause);
        pause = Math.min(pause * 2, 15_000);
      }
    };
  }

  start();
  return () => {
    ended = true;
    clearTimeout(timer);
    source?.close();
  };
}
