// What unfold's pages call, told to Alpine by name: its build for a strict content policy runs no code from attributes,
// and sees nothing of the page's own functions. Loaded before Alpine.
(() => {
  "use strict";

  const KEPT = "sidebarDesktopOpen";

  document.addEventListener("alpine:init", () => {
    const { Alpine } = window;

    Alpine.data("consoleTheme", (preferred) => {
      const data = window.theme(preferred || undefined);
      // Lists whose rows can be dragged name these two.
      data.sortRecords = (event) => window.sortRecords(event);
      data.moveRecords = (event) => moveRecords(event);
      // What conditions of fields name, for forms without that field.
      data.place = null;
      return data;
    });

    Alpine.data("consolePage", (firstTab) => ({
      activeTab: "",
      sidebarMobileOpen: false,
      sidebarDesktopOpen: localStorage.getItem(KEPT) !== "0",
      // A form asks for its own address to keep the tab; the real window is out of reach of attributes.
      window: { location: { pathname: location.pathname, search: location.search } },
      init() {
        if (firstTab) this.activeTab = window.getCurrentTab() || firstTab;
        this.$watch(KEPT, (open) => localStorage.setItem(KEPT, open ? "1" : "0"));
      },
    }));

    // Forms with conditions hear of a choice in a select2 through code in an attribute: the same without it.
    document.querySelectorAll('select[x-init^="const $ = django.jQuery"]').forEach((select) => {
      select.removeAttribute("x-init");
      window.django.jQuery(select).on("change", () => { Alpine.$data(select)[select.name] = select.value; });
    });

    for (const name of ["searchForm", "searchDropdown", "searchCommand"]) Alpine.data(name, () => window[name]());
  });
})();
