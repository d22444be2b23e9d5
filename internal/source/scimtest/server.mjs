// A SCIM 2.0 server for tests: the npm packages scimmy and scimmy-routers with
// 250 users and three groups in memory. It ends with its standard input.
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const users = new Map();
for (let i = 1; i <= 250; i++) {
  const id = String(i);
  users.set(id, {
    id, userName: `u${i}@example.com`, displayName: `User ${i}`, active: i % 10 !== 0, title: i === 1 ? "Engineer" : undefined, userType: "Employee",
    emails: [{ value: `u${i}@example.com`, primary: true, type: "work" }], meta: { created: new Date(Date.UTC(2025, 0, 1)), lastModified: new Date(Date.UTC(2025, 0, 2)) },
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { employeeNumber: `E${i}`, department: i % 2 ? "R&D" : "Sales" },
  });
}
const groups = new Map([["g1", [1, 2, 3]], ["g2", []], ["g3", [4]]].map(([id, of]) => [id, {
  id, displayName: `Group ${id}`, members: of.map((n) => ({ value: String(n), display: `User ${n}`, type: "User" })), meta: { created: new Date(Date.UTC(2025, 0, 1)), lastModified: new Date(Date.UTC(2025, 0, 2)) },
}]));
const from = (all) => (resource) => {
  if (!resource.id) return resource.filter ? resource.filter.match([...all.values()]) : [...all.values()];
  if (!all.has(resource.id)) throw new SCIMMY.Types.Error(404, null, `${resource.id} not found`);
  return all.get(resource.id);
};

SCIMMY.Resources.declare(SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false), {
  egress: from(users),
  ingress: (resource, data) => {
    const kept = { ...users.get(resource.id), ...JSON.parse(JSON.stringify(data)), id: resource.id };
    kept.meta = users.get(resource.id)?.meta;
    users.set(resource.id, kept);
    return kept;
  },
  degress: (resource) => { users.delete(resource.id); },
});
SCIMMY.Resources.declare(SCIMMY.Resources.Group, { egress: from(groups), ingress: (_, data) => data, degress: () => {} });

const app = express();
app.use("/scim/v2", new SCIMMYRouters({
  type: "bearer",
  handler: (request) => {
    if (request.header("Authorization") !== "Bearer right") throw new Error("the token is not known");
    return "purser";
  },
}));
const server = app.listen(0, "127.0.0.1", () => { console.log(JSON.stringify({ address: `http://127.0.0.1:${server.address().port}` })); });
process.stdin.on("end", () => process.exit(0)).resume();
