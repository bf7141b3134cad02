/* Before the page is drawn, so that it never flashes in the other theme. */
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const stored = () => {
    try {
      return localStorage.getItem("theme") || "system";
    } catch {
      return "system"; // storage is switched off
    }
  };
  let choice = stored();

  const apply = () => {
    const dark = choice === "dark" || (choice === "system" && system.matches);
    root.dataset.bsTheme = dark ? "dark" : "light";
    root.dataset.theme = choice;
  };
  root.addEventListener("theme:choose", (event) => {
    choice = event.detail;
    try {
      localStorage.setItem("theme", choice);
    } catch {
      // The choice holds for this page.
    }
    apply();
  });
  system.addEventListener("change", apply);
  apply();
})();
