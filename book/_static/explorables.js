// An explorable wakes when a reader comes near: its data and Vega are loaded then, as scripts, which also works from a
// folder. A page that has opened and that nobody has touched yet loads neither, wherever its figures stand. Here is no formula: a slider only chooses one of the frames and captions that learndyn has computed.
(() => {
  const NEAR = "400px";
  const SIGNS_OF_A_READER = ["scroll", "wheel", "pointermove", "pointerdown", "touchstart", "keydown"];
  const FIGURES = ".ld-explorable[data-source]";
  const loaded = new Map();
  const arrived = (window.learndynExplorables = {});

  function load(address) {
    if (!loaded.has(address)) {
      loaded.set(
        address,
        new Promise((resolve, reject) => {
          const script = document.createElement("script");
          script.src = address;
          script.onload = resolve;
          script.onerror = reject;
          document.head.append(script);
        }),
      );
    }
    return loaded.get(address);
  }

  async function wake(figure) {
    if (figure.dataset.state) return;
    figure.dataset.state = "waking";
    try {
      await Promise.all([load(figure.dataset.vega), load(figure.dataset.source)]);
      await enliven(figure, arrived[figure.dataset.explorable]);
      figure.dataset.state = "live";
    } catch (error) {
      // The still figure stands, and no slider that would move nothing.
      figure.dataset.state = "still";
    }
  }

  async function enliven(figure, { spec, texts, captions }) {
    const still = figure.querySelector(".ld-still");
    const sliders = [...figure.querySelectorAll("input")];
    const stage = document.createElement("div");
    const options = { mode: "vega", renderer: "svg", actions: false, defaultStyle: false, hover: false, tooltip: false };
    const { view } = await vegaEmbed(stage, spec, { ...options, logLevel: 1 });
    figure.view = view;

    async function show() {
      const row = sliders.reduce((sum, slider, i) => sum * texts[i].length + Number(slider.value), 0);
      sliders.forEach((slider, i) => {
        const text = texts[i][slider.value];
        slider.setAttribute("aria-valuetext", text);
        slider.previousElementSibling.querySelector("output").textContent = text;
      });
      figure.querySelector(".ld-reading").textContent = captions[row];
      await view.signal("row", row).runAsync();
      figure.dataset.row = row;
    }

    await show();
    const drawing = stage.querySelector("svg");
    drawing.classList.add("ld-figure", "ld-live");
    drawing.setAttribute("role", "img");
    drawing.setAttribute("aria-label", still.getAttribute("aria-label"));
    drawing.removeAttribute("style");
    still.replaceWith(drawing);
    for (const slider of sliders) slider.addEventListener("input", show);
  }

  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        watcher.unobserve(target);
        wake(target);
      }
    },
    { rootMargin: NEAR },
  );

  function start() {
    for (const figure of document.querySelectorAll(FIGURES)) {
      figure.querySelector(".ld-controls").hidden = false;
      figure.addEventListener("focusin", () => wake(figure));
    }
    const opening = new AbortController();
    const watch = () => {
      opening.abort();
      for (const figure of document.querySelectorAll(FIGURES)) watcher.observe(figure);
    };
    for (const sign of SIGNS_OF_A_READER) addEventListener(sign, watch, { passive: true, signal: opening.signal });
  }

  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
