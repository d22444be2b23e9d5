// A provider of OpenID Connect for tests: the package oidc-provider on a free port
// of loopback. Its page for signing in is a plain form (any password will do), as
// the package's own one asks another host for a font. It prints its address as one
// line of JSON and ends with its standard input.
import http from "node:http";
import Provider from "oidc-provider";

const accounts = JSON.parse(process.env.ACCOUNTS);
const server = http.createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    // A native client may come back to any port of loopback.
    clients: [{ client_id: "purser", client_secret: "a secret of the tests", redirect_uris: ["http://127.0.0.1/sign-in/callback"],
      application_type: "native", token_endpoint_auth_method: "client_secret_basic" }],
    cookies: { keys: ["tests"] },
    pkce: { required: () => true },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups", "tid"] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, id) => accounts[id] && { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
    loadExistingGrant: async (ctx) => { // nobody is asked for consent
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
    ttl: { Interaction: 600, Session: 3600, Grant: 3600, AccessToken: 600, IdToken: 600 },
  });

  const interact = async (req, res) => {
    const { uid, prompt } = await provider.interactionDetails(req, res);
    if (prompt.name !== "login") { // a native client is asked for consent whatever was granted
      await provider.interactionFinished(req, res, { consent: {} }, { mergeWithLastSubmission: true });
      return;
    }
    if (req.method !== "POST") {
      res.setHeader("Content-Type", "text/html; charset=utf-8");
      res.end(`<!doctype html><html lang="en"><head><title>Acme ID</title><link rel="icon" href="data:,"></head><body><main><h1>Acme ID</h1>
        <form action="/interaction/${uid}" method="post"><input type="hidden" name="prompt" value="${prompt.name}">
        <label>Account <input name="login"></label> <label>Password <input type="password" name="password"></label>
        <button type="submit">Sign in</button></form></main></body></html>`);
      return;
    }
    let body = "";
    for await (const chunk of req) body += chunk;
    await provider.interactionFinished(req, res, { login: { accountId: new URLSearchParams(body).get("login") } }, { mergeWithLastSubmission: false });
  };
  const answer = provider.callback();
  server.on("request", (req, res) => {
    if (!req.url.startsWith("/interaction/")) return answer(req, res);
    interact(req, res).catch((err) => { res.statusCode = 500; res.end(String(err)); });
  });
  console.log(JSON.stringify({ issuer }));
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
