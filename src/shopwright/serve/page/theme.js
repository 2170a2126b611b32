// Sets the colour scheme, and whether something is searched for, before the first paint; a classic script, because
// modules run too late for that.
// The choice is "light", "dark" or nothing (then the system decides, see `color-scheme` in style.css).
(() => {
  const key = "shopwright-theme";
  const root = document.documentElement;
  const stored = () => {
    try { return localStorage.getItem(key); } catch { return null; }
  };
  const choice = stored();
  if (choice === "light" || choice === "dark") root.dataset.theme = choice;

  root.toggleAttribute("data-searching", /[?&][qf]=./.test(location.search));

  window.shopTheme = {
    /** Whether the page is dark now. */
    isDark: () =>
      root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches,
    /** Switch to the other scheme and remember it. */
    toggle() {
      root.dataset.theme = this.isDark() ? "light" : "dark";
      try { localStorage.setItem(key, root.dataset.theme); } catch { /* private mode: holds for this page only */ }
    },
  };
})();
