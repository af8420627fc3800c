// Keeps the picture of a now-playing title in step with the form: one request at a time, the newest wins.
(() => {
  "use strict";

  const PAUSE = 200;

  function follow(figure) {
    const form = figure.closest("form");
    const picture = figure.querySelector("img");
    const sample = figure.querySelector("[data-title-sample]");
    const said = figure.querySelector("[data-title-said]");
    const calm = said.textContent;
    let timer = 0;
    let running = null;
    let shown = "";

    function query() {
      const wanted = new URLSearchParams({ sample: sample.value });
      for (const [name, value] of new FormData(form)) {
        if (typeof value === "string" && name !== "csrfmiddlewaretoken") wanted.set(name, value);
      }
      return wanted;
    }

    function tell(sentence, failed) {
      said.textContent = sentence;
      said.classList.toggle("lw-fail", failed);
    }

    async function draw() {
      if (running) running.abort();
      const mine = (running = new AbortController());
      figure.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(`${figure.dataset.titlePreview}?${query()}`, { signal: mine.signal });
        if (!answer.ok) {
          const problem = answer.status === 422 ? await answer.json() : null;
          tell(problem ? problem.detail : "The preview cannot be drawn just now. Saving works all the same.", true);
          return;
        }
        const address = URL.createObjectURL(await answer.blob());
        picture.src = address;
        picture.hidden = false;
        if (shown) URL.revokeObjectURL(shown);
        shown = address;
        tell(calm, false);
      } catch (error) {
        if (error.name !== "AbortError") tell("Longwave cannot be reached: the preview waits for it.", true);
      } finally {
        if (running === mine) figure.removeAttribute("aria-busy");
      }
    }

    function soon() {
      clearTimeout(timer);
      timer = setTimeout(draw, PAUSE);
    }

    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
    draw();
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-title-preview]").forEach(follow);
  });
})();
