// A form that was not acted upon because its sender had to prove first who they
// are: what was typed goes back into it. Passwords and hidden fields never do.
const kept = document.getElementById("resume");
if (kept) {
  const { Action: action, Fields: fields } = JSON.parse(kept.textContent);
  const form = [...document.querySelectorAll("form")].find((f) => f.method === "post" && new URL(f.action).pathname === action);
  if (form) {
    for (const input of form.elements) {
      const values = fields?.[input.name];
      if (!values || ["password", "hidden", "file", "submit"].includes(input.type)) continue;
      if (input.type === "checkbox" || input.type === "radio") input.checked = values.includes(input.value);
      else input.value = values[0];
    }
    const dialog = form.closest("dialog");
    if (dialog && !dialog.open) dialog.showModal();
  }
}
