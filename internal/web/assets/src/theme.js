// Runs before the first paint: the theme that the user chose, else the system's.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    let kept = null;
    try { kept = localStorage.getItem("purser-theme"); } catch { /* storage refused: follow the system */ }
    root.classList.toggle("dark", kept ? kept === "dark" : system.matches);
  };
  apply();
  system.addEventListener("change", apply);
})();
