"""Laws of formulas that are set at build: each stands in its place, whatever was set before it."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest

pytest.importorskip("sphinx", reason="run `pip install -e .[book]`")
pytest.importorskip("py_mini_racer", reason="run `pip install -e .[book]`")

from .building import REPOSITORY, Book

sys.path.insert(0, str(REPOSITORY / "book" / "_ext"))

from learndyn_book.set_formulas import with_set_formulas
from learndyn_book.typesetter import Formula, SetFormulas, Typesetter, light

FORMULAS = [
    Formula(r"x_k^{t+1} < \sum_i \frac{a_i}{b}", display=False),
    Formula(r"\begin{split} z_{t+1} &= F(z_t) \\[2pt] &\approx J z_t \end{split}", display=True),
    Formula(r"\alpha \in \mathbb{R}^n, \quad \text{for } \left\| W \right\| \ge 1", display=True),
]
SIGNS = '<svg class="ld-signs" aria-hidden="true"><defs></defs></svg>\n'
SET = SetFormulas(
    ("<mjx-container>1</mjx-container>", "<mjx-container>2</mjx-container>"), "<defs></defs>", ""
)


@pytest.fixture(scope="module")
def typesetter() -> Iterator[Typesetter]:
    running = Typesetter()
    yield running
    running.close()


def test_a_formula_is_set_the_same_alone_and_among_others(typesetter: Typesetter) -> None:
    together = typesetter.set(FORMULAS)
    assert together.html == sum((typesetter.set([each]).html for each in FORMULAS), ())
    assert together == typesetter.set(FORMULAS)
    assert together == Typesetter().set(FORMULAS)
    assert together.errors() == [None, None, None]


def test_a_formula_has_a_form_to_see_and_one_to_hear(typesetter: Typesetter) -> None:
    (html,) = typesetter.set([FORMULAS[0]]).html
    assert 'aria-hidden="true"' in html
    spoken = re.search("<math.*</math>", html)[0]
    assert re.sub("<[^>]+>", "", spoken).replace("&lt;", "<") == "xkt+1<∑iaib"
    assert 'display="true"' not in html
    assert all('display="true"' in each for each in typesetter.set(FORMULAS[1:]).html)


def test_each_sign_of_a_page_is_drawn_once_and_no_others(typesetter: Typesetter) -> None:
    found = typesetter.set(FORMULAS)
    used = set(re.findall(r'href="#([^"]+)"', "".join(found.html)))
    drawn = re.findall(r'id="([^"]+)"', found.signs)
    assert sorted(drawn) == sorted(used) and "MJX-TEX-I-1D6FC" in used
    assert "1D6FC" not in typesetter.set(FORMULAS[:1]).signs
    assert found.style == typesetter.set(FORMULAS[:1]).style
    assert found.style.count("{") == found.style.count("}") > 0
    assert "\n" not in found.style


def test_the_size_of_a_formula_goes_with_the_letters_around_it(typesetter: Typesetter) -> None:
    """An ex is the height of the reader's own letter x; that of MathJax's letters is 442 thousandths of an em."""
    for html in typesetter.set(FORMULAS).html:
        height, box = re.search(
            r'height="([\d.]+)ex".*?viewBox="[-\d.]+ [-\d.]+ [\d.]+ ([\d.]+)"', html
        ).groups()
        assert float(height) == pytest.approx(float(box) / 442.0, abs=2e-3)


def places(element: ET.Element, around: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """List what is drawn, each with the transformations that lead to its place."""
    moved = (*around, *filter(None, [element.get("transform")]))
    drawn = [(*moved, element.get("href") or element.tag)] if element.tag in ("use", "rect") else []
    return drawn + [place for child in element for place in places(child, moved)]


def test_a_formula_with_fewer_groups_has_each_sign_in_the_same_place() -> None:
    raw = (
        '<svg><g transform="scale(1,-1)"><g data-mml-node="math">'
        '<g data-mml-node="mi"><use data-c="1" href="#a"></use></g>'
        '<g data-mml-node="mo" transform="translate(9,0)"><use data-c="2" href="#b"></use></g>'
        '<g data-mml-node="mstyle" transform="translate(1,0)"><g data-mml-node="mspace"></g></g>'
        '<g data-mml-node="mfrac" transform="translate(20,0)"><g data-mml-node="mrow" transform="translate(2,3)">'
        '<g data-mml-node="mn"><use href="#c"></use><use href="#d" transform="translate(5,0)"></use></g></g>'
        '<g data-mml-node="mi" transform="translate(4,-3)"><use href="#e"></use></g><rect width="5"></rect></g>'
        "</g></g></svg>"
    )
    less = light(raw.replace(" href", " xlink:href")).replace("xlink:href", "href")
    assert places(ET.fromstring(less)) == places(ET.fromstring(raw))
    assert less.count("<g") <= raw.count("<g") / 2
    assert "data-" not in less


@pytest.mark.parametrize(
    ("tex", "error"),
    [
        (r"\frac{1}{", "Missing close brace"),
        (r"\nosuch", r"Undefined control sequence \nosuch"),
        ("a & b", "Misplaced &"),
    ],
)
def test_what_cannot_be_read_is_said_and_does_not_spoil_the_others(
    tex: str, error: str, typesetter: Typesetter
) -> None:
    found = typesetter.set([FORMULAS[0], Formula(tex, display=False), FORMULAS[2]])
    assert found.errors() == [None, error, None]
    assert (found.html[0], found.html[2]) == typesetter.set([FORMULAS[0], FORMULAS[2]]).html


def test_formulas_take_the_places_of_their_sources_and_numbers_stay() -> None:
    body = (
        r'<p>See <span class="math notranslate nohighlight">\(a &lt; \[b\]\)</span>.</p>'
        '<div class="math notranslate nohighlight" id="equation-x">\n<span class="eqno">(3)<a href="#x">#</a></span>'
        "\\[\\begin{split}a \\\\[2pt]\nb\\end{split}\\]</div><p>\\(no formula\\)</p>"
    )
    assert with_set_formulas(body, SET) == SIGNS + (
        '<p>See <span class="ld-tied"><span class="math notranslate nohighlight">'
        "<mjx-container>1</mjx-container></span>.</span></p>"
        '<div class="math notranslate nohighlight" id="equation-x">\n<span class="eqno">(3)<a href="#x">#</a></span>'
        "<mjx-container>2</mjx-container></div><p>\\(no formula\\)</p>"
    )


@pytest.mark.parametrize(
    ("prose", "tied"),
    [
        ("so {}, and", "so <{},> and"),
        ("a {}-fold root ({}).", "a <{}-fold> root <({}).>"),
        ("{} is {}", "{} is {}"),
        ("of “{}”; {}", "of <“{}”;> {}"),
    ],
)
def test_no_line_can_begin_with_the_sign_after_a_formula(prose: str, tied: str) -> None:
    formula, done = r'<span class="math notranslate nohighlight">\(x\)</span>', iter(SET.html)
    expected = re.sub("<(.*?)>", r'<span class="ld-tied">\1</span>', tied)
    expected = re.sub(
        "{}", lambda _: f'<span class="math notranslate nohighlight">{next(done)}</span>', expected
    )
    assert with_set_formulas(prose.replace("{}", formula), SET).removeprefix(SIGNS) == expected


def test_a_table_heading_that_is_a_formula_is_said_in_plain_text() -> None:
    cell = r'<span class="math notranslate nohighlight">\(x\)</span>'
    body = with_set_formulas(f"<tr><th><p>{cell}</p></th><td>{cell}</td></tr>", SET)
    assert body.count("visually-hidden") == body.count('<mjx-container aria-hidden="true"') == 1
    assert '</mjx-container><span class="visually-hidden">1</span></span></p></th>' in body
    assert "<td><span" in body and "<mjx-container>2</mjx-container></span></td>" in body


def test_a_page_with_formulas_brings_no_script_for_them(book: Book) -> None:
    prose = "Prose with $x^2$.\n\n$$\ny = \\tanh x\n$$ (eq-y)\n\nSee {eq}`eq-y`."
    book.write_page("experiments/page", f"# A page\n\n{prose}\n")
    build = book.build()
    assert build.status == 0, build.log
    html = (book.html / "experiments" / "page.html").read_text(encoding="utf-8")
    assert html.count("<mjx-container") == 2
    assert html.count("<style>\nmjx") + html.count("<style>mjx") == 1
    assert r"\(" not in html and r"\tanh" not in html
    assert not re.search(r"<script[^>]*mathjax|window\.MathJax", html, re.IGNORECASE)
    assert html.count('<svg class="ld-signs"') == 1
    other = (book.html / "intro.html").read_text(encoding="utf-8")
    assert "mjx-" not in other
