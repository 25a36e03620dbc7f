// Formulas are set once the page can be read, a few at a time, so that reading and scrolling never wait for them.
// learndyn_book.one_asset leaves MathJax on the page as a script of a type that no browser runs.
(() => {
  const LONGEST = 10; // milliseconds that one batch should take

  // Most formulas are set in two fonts. A line that is broken before they arrive is broken again when they do.
  function fetchFonts(folder) {
    const fetched = ["MathJax_Main-Regular", "MathJax_Math-Italic"].map((file) => {
      const link = Object.assign(document.createElement("link"), { rel: "preload", as: "font", crossOrigin: "" });
      link.href = `${folder}${file}.woff`;
      const done = new Promise((resolve) => (link.onload = link.onerror = resolve));
      document.head.append(link);
      return done;
    });
    return Promise.all(fetched);
  }

  // The formulas of one paragraph are set together: one at a time, each could send a word to the next line and back.
  function formulasByParagraph() {
    const paragraphs = new Map();
    for (const formula of document.querySelectorAll(".math")) {
      if (formula.parentElement.closest(".math")) continue;
      const paragraph = formula.closest("p, li, dd, dt, tr, figcaption") || formula;
      paragraphs.set(paragraph, [...(paragraphs.get(paragraph) || []), formula]);
    }
    return [...paragraphs.values()];
  }

  const nextTask = () => new Promise((resolve) => setTimeout(resolve));

  async function setInBatches() {
    const waiting = formulasByParagraph();
    let size = 1;
    while (waiting.length) {
      const start = performance.now();
      await MathJax.typesetPromise(waiting.splice(0, size).flat());
      size = performance.now() - start < LONGEST ? size + 1 : Math.max(1, size >> 1);
      await nextTask();
    }
    // A table's heading that is only a formula says it in plain text to those who hear the page.
    for (const formula of document.querySelectorAll("th mjx-container")) {
      const spoken = document.createElement("span");
      spoken.className = "visually-hidden";
      spoken.textContent = formula.textContent.trim();
      formula.setAttribute("aria-hidden", "true");
      formula.after(spoken);
    }
    document.documentElement.dataset.formulas = "set";
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && window.scrollY > 0 && Math.abs(target.getBoundingClientRect().top) < innerHeight) {
      target.scrollIntoView(); // the formulas above it have changed their height
    }
  }

  function load() {
    const waiting = document.querySelector('script[type="text/x-later"]');
    if (!waiting) return;
    window.MathJax = window.MathJax || {};
    // No menu: it weighs as much as all the rest, and would make each formula a stop of the keyboard.
    MathJax.loader = { load: ["input/tex", "output/chtml", "a11y/assistive-mml"] };
    const ofFile = location.protocol === "file:"; // where no font may be fetched ahead
    const fonts = ofFile ? Promise.resolve() : fetchFonts(new URL("output/chtml/fonts/woff-v2/", waiting.src));
    MathJax.startup = { ...MathJax.startup, typeset: false, pageReady: () => fonts.then(nextTask).then(setInBatches) };
    const script = document.createElement("script");
    script.src = waiting.src;
    script.onerror = () => (document.documentElement.dataset.formulas = "sources");
    document.head.append(script);
  }

  const whenIdle = window.requestIdleCallback || ((callback) => setTimeout(callback, 50));
  addEventListener("load", () => requestAnimationFrame(() => whenIdle(load, { timeout: 500 })));
})();
