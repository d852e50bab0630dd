// Before the first paint: the theme and the language that this browser chose last, so that nothing flashes.
(() => {
  try {
    const theme = localStorage.getItem("vigie.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    const language = localStorage.getItem("vigie.language");
    if (language === "en" || language === "fr") document.documentElement.lang = language;
  } catch {
    // No storage: the system's choice stands.
  }
})();
