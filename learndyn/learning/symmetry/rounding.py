"""Does a matrix product keep equal columns equal?

Two equal units have two equal columns in W, and x W should have two equal columns. A tuned matrix
product may treat columns of a block and columns of its edge by different code, which adds in
another order: equal columns then come out different by rounding. Which shapes are affected depends
on the machine and on the library. Elementwise arithmetic treats all columns alike.

References
----------
Higham, N. J. (2002). Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM, section 3.5.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class ColumnSplits:
    """How equal columns came out of matrix products.

    Attributes
    ----------
    shapes : tuple of (rows, inner, columns)
        Of products x W with x of shape (rows, inner) and W of shape (inner, columns).
    splits : ndarray, shape (k,)
        Largest difference between a column and the first one, over the bound that rounding obeys,
        inner * 2^-53 * |x| |w|: 0 where the columns are equal to the bit, at most 2.
    """

    shapes: tuple[tuple[int, int, int], ...]
    splits: np.ndarray

    @property
    def share(self) -> float:
        """Part of the shapes in which equal columns differ."""
        return float(np.mean(self.splits > 0.0))


def measure_column_splits(
    shapes: Iterable[tuple[int, int, int]], *, rng: np.random.Generator | int = 0
) -> ColumnSplits:
    """Multiply matrices by others whose columns are all equal, and compare the columns.

    Parameters
    ----------
    shapes : iterable of (rows, inner, columns)
        At least one, with two columns or more each.
    rng : numpy.random.Generator or int, optional
        Draws x and the column w from N(0, 1).

    Returns
    -------
    ColumnSplits

    Raises
    ------
    ValueError
        If there is no shape, or one has less than two columns, or no rows.
    """
    given = tuple(tuple(int(n) for n in shape) for shape in shapes)
    bad = [s for s in given if len(s) != 3 or min(s) < 1 or s[2] < 2]
    if not given or bad:
        raise ValueError(
            "measure_column_splits: needs shapes (rows, inner, columns) with columns >= 2, got "
            f"{bad or 'none'}"
        )
    rng = np.random.default_rng(rng)
    checked = tuple((rows, inner, columns) for rows, inner, columns in given)
    return ColumnSplits(checked, np.array([_split(rng, *shape) for shape in checked]))


def _split(rng: np.random.Generator, rows: int, inner: int, columns: int) -> float:
    x, w = rng.standard_normal((rows, inner)), rng.standard_normal((inner, 1))
    product = x @ np.ascontiguousarray(np.repeat(w, columns, axis=1))
    bound = inner * 2.0**-53 * (np.abs(x) @ np.abs(w))
    return float((np.abs(product - product[:, :1]) / bound).max())
