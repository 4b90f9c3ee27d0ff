// How the server answers, good and bad: functions of a realm and its response, as `MODES` of the scenarios' issuer are.
// Each ends by itself within LONGEST, whatever the client does.

import { gzipSync } from "node:zlib";

const HOUR = 3600;
const LONGEST = 15_000;
const DRIP = 250;
const MEGABYTE = 2 ** 20;
const HUGE = Buffer.alloc(10 * MEGABYTE, " ");
const BOMB = gzipSync(Buffer.alloc(64 * MEGABYTE, " "));

const JSON_TYPE = { "content-type": "application/json" };

/** The key set, whole. Connections are not kept: each fetch meets the server as it is then. */
export const good = (realm, response) => send(response, setOf(realm.keys));

/** The discovery document of `document()`. */
export const discovery = (document) => (_realm, response) =>
  send(response, JSON.stringify(document()));

/** Whole key sets, and what else is JSON. */
export const keys = (made) => (realm, response) =>
  send(response, setOf(made(realm.keys)));
export const text = (body, headers) => (_realm, response) =>
  send(response, body, headers);

/** The good key set, packed, whatever the client accepts. */
export const gzipped = (realm, response) =>
  send(response, gzipSync(setOf(realm.keys)), { "content-encoding": "gzip" });

/** The good key set under another media type. */
export const typed = (type) => (realm, response) =>
  send(response, setOf(realm.keys), { "content-type": type });

export const status = (code, headers) => (_realm, response) =>
  response.writeHead(code, { connection: "close", ...headers }).end("no");

/** A time to come back, and the server's clock runs an hour ahead. */
export const postponed = (seconds) => (_realm, response) => {
  const now = Date.now();
  const date = (ahead) => new Date(now + ahead * 1000).toUTCString();
  const headers = { date: date(HOUR), "retry-after": date(HOUR + seconds) };
  response.writeHead(503, { connection: "close", ...headers }).end("no");
};

/** The first half of the good key set, as if it were all. */
export const truncated = (realm, response) => {
  const whole = setOf(realm.keys);
  send(response, whole.slice(0, whole.length / 2));
};

export const huge = (_realm, response) => send(response, HUGE);

export const gzipBomb = (_realm, response) =>
  send(response, BOMB, { "content-encoding": "gzip" });

/** A status line, and then headers that do not end. */
export const slowHeaders = (_realm, { socket }) => {
  socket.write("HTTP/1.1 200 OK\r\n");
  drip(socket, (count) => `x-${count}: slow\r\n`);
};

/** Headers, and then a body that does not end. */
export const slowBody = (_realm, response) => {
  response.writeHead(200, JSON_TYPE);
  response.write('{"keys":[');
  drip(response, () => " ");
};

/** Half of what was announced, and then a reset. */
export const resetMidway = (realm, response) => {
  const whole = setOf(realm.keys);
  response.writeHead(200, { ...JSON_TYPE, "content-length": whole.length });
  response.write(whole.slice(0, whole.length / 2), () =>
    response.socket?.resetAndDestroy(),
  );
};

/** Lets the answer wait for `open`; `arrived` resolves once somebody asked. */
export function gate() {
  let arrive, open;
  const arrived = new Promise((resolve) => (arrive = resolve));
  const opened = new Promise((resolve) => (open = resolve));
  const mode = async (realm, response) => {
    arrive();
    await opened;
    good(realm, response);
  };
  return { arrived, mode, open };
}

function send(response, body, headers = {}) {
  const all = { ...JSON_TYPE, connection: "close", ...headers };
  response.writeHead(200, all).end(body);
}

function setOf(list) {
  return JSON.stringify({ keys: list });
}

function drip(stream, piece) {
  let count = 0;
  const end = () => {
    clearInterval(timer);
    stream.destroy();
  };
  const timer = setInterval(
    () => (count * DRIP < LONGEST ? stream.write(piece(count++)) : end()),
    DRIP,
  );
  stream.on("error", () => undefined);
  stream.on("close", () => clearInterval(timer));
}
