// Serves the Express app of an example and asks it for GET /me with the token in the argument.

import { app } from "./example.mjs";

const server = app.listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const response = await fetch(`http://127.0.0.1:${server.address().port}/me`, {
  headers: { authorization: `Bearer ${process.argv[2]}` },
});
const body = await response.json();
console.log(body.user ?? [response.status, body.code === "REVOKED" ? body.code : ""].join(" ").trim());
process.exit(0);
