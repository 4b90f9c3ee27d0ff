// express-oauth2-jwt-bearer: the middleware `auth` with `jwksUri`, all other options as they are by default. What it
// hands to `next` decides.

import { auth } from "express-oauth2-jwt-bearer";

import { fake } from "./clock.mjs";
import { serve } from "./serve.mjs";
import { versionOf } from "./version.mjs";

fake();

serve({
  versions: versionOf("express-oauth2-jwt-bearer"),
  // The library sets the status an app answers with.
  kindOf: ({ status }) => (status === 401 ? "invalid token" : "outage"),
  open({ audience, issuer, url }) {
    const middleware = auth({ audience, issuer, jwksUri: url });
    return { verify: (token) => passed(middleware, token) };
  },
});

function passed(middleware, token) {
  const headers = { authorization: `Bearer ${token}`, host: "app.example" };
  const request = {
    headers,
    method: "GET",
    protocol: "https",
    originalUrl: "/",
    url: "/",
    is: () => false,
  };
  request.get = (name) => headers[name.toLowerCase()];
  return new Promise((resolve, reject) => {
    const next = (error) => (error === undefined ? resolve() : reject(error));
    middleware(request, { setHeader: () => undefined }, next);
  });
}
