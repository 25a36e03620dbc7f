"""What axe-core finds on a page, and which texts it need not look at again."""

from __future__ import annotations

from typing import Any

from .conftest import DEEP

_COLOURS = ("color-contrast", "link-in-text-block")
COLOURS = {"resultTypes": ["violations"], "runOnly": list(_COLOURS)}
BUT_COLOURS = {"resultTypes": ["violations"], "rules": {name: {"enabled": False} for name in _COLOURS}}

# Whether a text can be told from what is behind it depends on nothing but this. axe takes most of its time for it, so
# each combination is looked at once, on the first page that has it. The deep profile looks at each text of each page.
_MARK_NEW_COLOURS = """known => {
  const grounds = new Map([[null, ""]]), met = new Set(known), fresh = [];
  const ground = (element) => {
    if (!grounds.has(element)) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(element);
      const plain = backgroundColor === "rgba(0, 0, 0, 0)" && backgroundImage === "none" && opacity === "1";
      grounds.set(element, (plain ? "" : `${backgroundColor} ${backgroundImage} ${opacity}; `) + ground(element.parentElement));
    }
    return grounds.get(element);
  };
  document.querySelectorAll("[data-new-colours]").forEach((each) => each.removeAttribute("data-new-colours"));
  const readable = [...document.querySelectorAll("input, select, textarea")];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) if (texts.currentNode.data.trim()) readable.push(texts.currentNode.parentElement);
  for (const element of readable) {
    const { color, fontSize, fontWeight, textDecorationLine, textShadow } = getComputedStyle(element);
    const around = getComputedStyle(element.parentElement).color;
    const colours = [color, around, fontSize, fontWeight, textDecorationLine, textShadow, ground(element)].join("; ");
    if (met.has(colours) || !element.checkVisibility()) continue;
    const { width, height } = element.getBoundingClientRect();
    if (width < 2 || height < 2) continue;
    met.add(colours);
    fresh.push(colours);
    element.dataset.newColours = "";
  }
  return fresh;
}"""


def violations(
    page: Any, axe: str, options: dict[str, Any], where: str | None = None
) -> list[tuple[str, str]]:
    """Return the rules that a page, or what a selector finds on it, breaks, each with the first element that does."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(axe)
    run = "async ([where, options]) => (await axe.run(where || document, options)).violations"
    found = page.evaluate(run, [where, options])
    return [(each["id"], each["nodes"][0]["html"][:200]) for each in found]


def violations_of_colours(page: Any, axe: str, met: set[str]) -> list[tuple[str, str]]:
    """Return the rules on colours that a page breaks with a combination that was not met yet."""
    if DEEP:
        return violations(page, axe, COLOURS)
    fresh = page.evaluate(_MARK_NEW_COLOURS, sorted(met))
    met.update(fresh)
    return violations(page, axe, COLOURS, "[data-new-colours]") if fresh else []
