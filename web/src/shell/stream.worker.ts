/** Shared by all tabs of one browser: twenty open matters are one connection, not twenty. */
import { openStream, type Said } from "./stream";

const ports = new Set<MessagePort>();
let close: (() => void) | null = null;
let last: Said = { kind: "lost" };
let address = "";

function tell(said: Said): void {
  if (said.kind === "open" || said.kind === "lost") last = said;
  for (const port of ports) port.postMessage(said);
}

function restart(): void {
  close?.();
  last = { kind: "lost" };
  close = openStream(address, tell);
}

(self as unknown as { onconnect: (event: MessageEvent) => void }).onconnect = (event) => {
  const port = event.ports[0];
  if (!port) return;
  ports.add(port);
  port.onmessage = (message: MessageEvent<{ say: "start" | "restart" | "bye"; address: string }>) => {
    const { say } = message.data;
    address = message.data.address || address;
    if (say === "bye") {
      ports.delete(port);
      if (ports.size === 0) {
        close?.();
        close = null;
      }
    } else if (say === "restart" || !close) restart();
    else port.postMessage(last);
  };
  port.start();
};
