/** An installation for the walks: a database of its own, the binary serving it on a free port, all gone afterwards. */
import { execFile, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Password of all accounts of a demonstration. */
export const PASSWORD = "xinjiean-demo";

const BINARY = process.env.XINJIEAN_BIN ?? new URL("../../target/debug/xinjiean", import.meta.url).pathname;
/** The PostgreSQL of this run, whose user may make databases. */
export const POSTGRES = process.env.TEST_POSTGRES_URL;

const READY_MS = 30_000;

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = /** @type {net.AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

function psqlBinary() {
  const found = existsSync("/usr/lib/postgresql")
    ? readdirSync("/usr/lib/postgresql")
        .map((version) => `/usr/lib/postgresql/${version}/bin/psql`)
        .filter(existsSync)
        .sort()
    : [];
  return found.pop() ?? "psql";
}

/** @param {string} sql */
async function psql(sql) {
  await run(psqlBinary(), [String(POSTGRES), "-q", "-v", "ON_ERROR_STOP=1", "-c", sql]);
}

/** One process that serves the installation. */
export class Server {
  /** @param {string[]} flags @param {number} port */
  constructor(flags, port) {
    this.flags = flags;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.log = "";
  }

  async start() {
    const child = spawn(BINARY, ["serve", "--practice", ...this.flags, "--listen", `127.0.0.1:${this.port}`], { stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    running.add(child);
    /** @param {Buffer} chunk */
    const keep = (chunk) => {
      this.log = (this.log + chunk.toString()).slice(-20_000);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    this.ended = ended;
    ended.then(() => running.delete(child));
    const until = Date.now() + READY_MS;
    while (Date.now() < until) {
      if (child.exitCode !== null) throw new Error(`the server ended at once:\n${this.log}`);
      const answer = await fetch(`${this.url}/health/ready`).catch(() => null);
      if (answer?.ok) return this;
      await pause(50);
    }
    throw new Error(`the server was not ready after ${READY_MS / 1000} s:\n${this.log}`);
  }

  async stop() {
    this.child?.kill("SIGTERM");
    await this.ended;
  }
}

/** An installation with its database, before and while it is served. */
export class House {
  /** @param {"sqlite" | "postgres"} engine @param {string} folder @param {string | null} database */
  constructor(engine, folder, database) {
    this.engine = engine;
    this.folder = folder;
    this.database = database;
    /** @type {Server[]} */
    this.servers = [];
  }

  /** Writes a demonstration of so many days. @param {"sqlite" | "postgres"} engine @param {number} days */
  static async make(engine, days) {
    const folder = await mkdtemp(path.join(os.tmpdir(), "xinjiean-walk-"));
    const database = engine === "postgres" ? `xinjiean_walk_${process.pid}_${Date.now().toString(36)}` : null;
    if (database) await psql(`create database ${database}`);
    const house = new House(engine, folder, database);
    await house.command("demo", "--days", String(days), "--once", "--practice");
    return house;
  }

  get flags() {
    const flags = ["--data", this.folder, "--key", path.join(this.folder, "demo.key")];
    if (!this.database) return flags;
    const url = new URL(String(POSTGRES));
    url.pathname = `/${this.database}`;
    return [...flags, "--database", url.href];
  }

  /** A command of the binary on this installation; gives what it printed. @param {...string} words */
  async command(...words) {
    const { stdout } = await run(BINARY, [...words, ...this.flags], { maxBuffer: 16 << 20 });
    return stdout;
  }

  /** Serves it once more; only PostgreSQL bears two at a time. */
  async serve() {
    const server = await new Server(this.flags, await freePort()).start();
    this.servers.push(server);
    return server;
  }

  async close() {
    await Promise.all(this.servers.map((server) => server.stop()));
    if (this.database) await psql(`drop database if exists ${this.database} with (force)`).catch(() => undefined);
    await rm(this.folder, { recursive: true, force: true });
  }
}
