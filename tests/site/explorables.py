"""Move an explorable's sliders by keyboard, and read back what it draws."""

from __future__ import annotations

from typing import Any

import numpy as np

# The points of a named mark, in pixels of its panel, beside where Vega's scales put the expected ones.
READ = r"""
(figure, [name, expected]) => {
  const { spec } = learndynExplorables[figure.dataset.explorable];
  const all = (group) => (group.marks || []).flatMap((mark) => [mark, ...all(mark)]);
  const mark = all(spec).find((each) => new RegExp(`^${name}(_\\d+)*_marks$`).test(each.name));
  if (!mark) throw new Error(`no mark is called ${name}`);
  const encoded = mark.encode.update;
  const scale = (axis) => figure.view.scale((encoded[axis] || encoded[axis + "c"]).scale);
  const numbers = (text) => (text.match(/-?\d*\.?\d+(e-?\d+)?/g) || []).map(Number);
  const pairs = (list) => list.reduce((all, n, i) => (i % 2 ? all[all.length - 1].push(n) : all.push([n]), all), []);
  const shift = (element) => numbers(element.getAttribute("transform") || "translate(0,0)").slice(0, 2);
  const read = {
    symbol: (element) => [shift(element)],
    text: (element) => [shift(element)],
    line: (element) => pairs(numbers(element.getAttribute("d") || "")),
    rect: (element) => {
      const [x, y] = shift(element), [a, b, w, h] = numbers(element.getAttribute("d"));
      return [[x + a + w / 2, y + b + h / 2]];
    },
  }[mark.type];
  const elements = [...figure.querySelectorAll(`.${CSS.escape(mark.name)} :is(path, text)`)];
  return {
    drawn: elements.filter((each) => each.getAttribute("d") !== "").flatMap(read),
    expected: expected.map(([x, y]) => [scale("x")(x), scale("y")(y)]),
  };
}
"""


def come_near(page: Any, name: str) -> Any:
    """Scroll to an explorable and wait until it lives; return its element."""
    figure = page.locator(f'[data-explorable="{name}"]')
    figure.scroll_into_view_if_needed()
    page.mouse.move(5, 5)  # where there is nothing to scroll, some other sign of a reader
    page.mouse.move(6, 6)
    page.wait_for_function("figure => figure.dataset.state === 'live'", arg=figure.element_handle())
    return figure


def move_to(page: Any, figure: Any, position: tuple[int, ...], row: int) -> None:
    """Put the sliders at a position by keyboard alone, and wait until that frame is drawn."""
    for i, place in enumerate(position):
        slider = figure.locator("input").nth(i)
        slider.focus()
        page.keyboard.press("Home")
        for _ in range(place):
            page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "([figure, row]) => figure.dataset.row === row", arg=[figure.element_handle(), str(row)]
    )


def drawn_and_expected(figure: Any, mark: str, expected: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the points of a mark as drawn and as expected, both in pixels, shape (n, 2)."""
    read = figure.evaluate(READ, [mark, expected.tolist()])
    return tuple(np.array(read[key], dtype=float).reshape(-1, 2) for key in ("drawn", "expected"))  # type: ignore[return-value]
