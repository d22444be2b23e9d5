// The button that changes between light and dark, and keeps the choice.
document.addEventListener("click", (e) => {
  if (!e.target.closest("[data-theme-toggle]")) return;
  const dark = document.documentElement.classList.toggle("dark");
  try { localStorage.setItem("purser-theme", dark ? "dark" : "light"); } catch { /* this page only */ }
});
