// A copy button says what it does, and what it has done, to those who hear the page, and keeps the keyboard's place.
addEventListener("load", () => {
  const told = document.createElement("div");
  told.className = "visually-hidden";
  told.setAttribute("role", "status");
  document.body.append(told);
  for (const button of document.querySelectorAll("button.copybtn")) {
    const idle = button.dataset.tooltip;
    button.type = "button";
    button.setAttribute("aria-label", "Copy this code");
    // To copy, the script selects a text field of its own, and takes the field and with it the focus away.
    button.addEventListener("click", () => setTimeout(() => button.focus({ preventScroll: true })));
    new MutationObserver(() => {
      told.textContent = button.dataset.tooltip === idle ? "" : button.dataset.tooltip;
    }).observe(button, { attributeFilter: ["data-tooltip"] });
  }
  // A browser would show a script as text, where it should save it.
  for (const link of document.querySelectorAll(".dropdown-download-buttons a[href*='notebooks/']")) link.download = "";
});
