// The console's own behaviour: fresh cells every five seconds, times that stay true, copy buttons, buttons that post.
(() => {
  "use strict";

  const EVERY = 5000;
  const TICK = 1000;
  const PATIENCE = 8000;

  // -- Times -----------------------------------------------------------------------------------------------------

  const UNITS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

  function span(seconds, units) {
    let rest = Math.max(0, Math.floor(seconds));
    const parts = UNITS.map(([size, unit]) => {
      const count = Math.floor(rest / size);
      rest -= count * size;
      return [count, unit];
    });
    const first = parts.findIndex(([count]) => count > 0);
    if (first < 0) return "0 s";
    return parts.slice(first, first + units).filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`).join(" ");
  }

  function tell(time) {
    const moment = new Date(time.dateTime);
    const seconds = (Date.now() - moment.getTime()) / 1000;
    const lasts = time.dataset.since !== undefined;
    const words = span(Math.abs(seconds), lasts && seconds >= 3600 ? 2 : 1);
    const text = lasts ? words : seconds < 0 ? `in ${words}` : `${words} ago`;
    if (time.textContent !== text) time.textContent = text;
    if (!time.dataset.zoned) {
      time.title = moment.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" });
      time.dataset.zoned = "1";
    }
  }

  function tellTimes() {
    if (!document.hidden) document.querySelectorAll("time.lw-time").forEach(tell);
  }

  // -- Addresses of this very site -------------------------------------------------------------------------------

  const absolute = (path) => new URL(path, location.origin).href;

  function tellAddresses(root) {
    root.querySelectorAll("[data-absolute]").forEach((place) => { place.textContent = absolute(place.dataset.absolute); });
  }

  // -- Fresh cells -----------------------------------------------------------------------------------------------

  // Two cells are the same if they differ only in how long ago something was.
  function essence(element) {
    const copy = element.cloneNode(true);
    copy.querySelectorAll("time.lw-time").forEach((time) => {
      time.textContent = "";
      time.removeAttribute("title");
      time.removeAttribute("data-zoned");
    });
    copy.classList.remove("lw-fresh");
    return copy.outerHTML.replace(/\s+/g, " ").replace(/ class=""/g, "");
  }

  function replace(old, fresh) {
    if (essence(old) === essence(fresh) || old.contains(document.activeElement)) return;
    const spoken = old.textContent !== fresh.textContent;
    old.replaceWith(fresh);
    if (spoken) fresh.classList.add("lw-fresh");
    tellAddresses(fresh);
    if (window.htmx) window.htmx.process(fresh);
  }

  function patch(fetched) {
    const present = new Map([...document.querySelectorAll("[data-live]")].map((cell) => [cell.dataset.live, cell]));
    fetched.querySelectorAll("[data-live]").forEach((fresh) => {
      const old = present.get(fresh.dataset.live);
      if (old) replace(old, fresh);
    });
  }

  function patchPage(place, fetched) {
    const old = place.querySelector("[data-live-keys]");
    const fresh = fetched.querySelector("[data-live-keys]");
    if (!fresh) return;
    if (old && old.dataset.liveKeys === fresh.dataset.liveKeys) {
      patch(fetched);
      return;
    }
    place.replaceChildren(fresh);
    if (window.htmx) window.htmx.process(place);
  }

  let heardAt = new Date();

  function lost(isLost) {
    const note = document.querySelector("[data-live-lost]");
    if (!note) return;
    if (isLost) note.querySelector("[data-live-lost-since]").textContent = heardAt.toLocaleTimeString();
    else heardAt = new Date();
    note.hidden = !isLost;
  }

  async function ask(url) {
    const answer = await fetch(url, {
      headers: { Accept: "text/html" },
      credentials: "same-origin",
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }

  function cellsUrl(place) {
    const url = new URL(place.dataset.liveCells, location.href);
    const cells = [...document.querySelectorAll("[data-live]")].slice(0, 200);
    cells.forEach((cell) => url.searchParams.append("key", cell.dataset.live));
    return cells.length ? url : null;
  }

  async function refresh() {
    if (document.hidden) return;
    const page = document.querySelector("[data-live-page]");
    const cells = document.querySelector("[data-live-cells]");
    const url = page ? page.dataset.livePage : cells && cellsUrl(cells);
    if (!url) return;
    try {
      const fetched = await ask(url);
      if (page) patchPage(page, fetched);
      else patch(fetched);
      lost(false);
    } catch (error) {
      console.warn("Longwave: not refreshed:", error);
      lost(true);
    }
  }

  async function keepFresh() {
    await refresh();
    setTimeout(keepFresh, EVERY);
  }

  // -- Buttons ---------------------------------------------------------------------------------------------------

  async function copy(button) {
    const text = button.dataset.copyAbsolute ? absolute(button.dataset.copyAbsolute) : button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      // Without https there is no clipboard: choose the text so that one key copies it.
      window.getSelection().selectAllChildren(button.parentElement.querySelector("code"));
      button.textContent = "Press Ctrl+C";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2500);
  }

  function token() {
    const field = document.querySelector("input[name=csrfmiddlewaretoken]");
    if (field) return field.value;
    const cookie = document.cookie.split("; ").find((pair) => pair.startsWith("csrftoken="));
    return cookie ? decodeURIComponent(cookie.slice("csrftoken=".length)) : "";
  }

  function post(url) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = url;
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "csrfmiddlewaretoken";
    field.value = token();
    form.append(field);
    document.body.append(form);
    form.submit();
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const copying = target && target.closest("[data-copy], [data-copy-absolute]");
    if (copying) {
      event.preventDefault();
      copy(copying);
    }
    const pressed = target && target.closest("a[data-press]");
    if (pressed && !pressed.hasAttribute("aria-disabled")) {
      event.preventDefault();
      pressed.setAttribute("aria-disabled", "true");
      post(pressed.href);
    }
  });

  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.matches("[data-submit-on-change]")) field.form.requestSubmit();
    if (field.matches("[data-tick-all]")) {
      field.form.querySelectorAll(`input[name="${field.dataset.tickAll}"]`).forEach((box) => { box.checked = field.checked; });
    }
  });

  document.addEventListener("htmx:afterSwap", (event) => tellAddresses(event.target));

  document.addEventListener("DOMContentLoaded", () => {
    tellAddresses(document);
    tellTimes();
    setInterval(tellTimes, TICK);
    setTimeout(keepFresh, EVERY);
    document.addEventListener("visibilitychange", refresh);
  });
})();
