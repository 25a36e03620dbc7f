"""The linear assignment problem, by shortest augmenting paths in O(n^3).

    minimise sum_i C[i, p(i)] over all one-to-one maps p of rows to columns

Prices u of rows and v of columns with u_i + v_j <= C_ij prove a lower bound: no assignment costs
less than sum u + sum v (v <= 0, and v = 0 for columns that stay free). The algorithm keeps such
prices, with equality on the pairs assigned, so that its end proves itself: linear programming
duality. Each row is added along the path of least reduced cost C_ij - u_i - v_j to a free column.

References
----------
Kuhn, H. W. (1955). The Hungarian method for the assignment problem. Naval Research Logistics
    Quarterly 2, 83-97.
Jonker, R. and Volgenant, A. (1987). A shortest augmenting path algorithm for dense and sparse
    linear assignment problems. Computing 38, 325-340.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def assignment(cost: Any, *, maximise: bool = False) -> np.ndarray:
    """Assign each row a column of its own at the least total cost.

    Parameters
    ----------
    cost : array_like, shape (n, m), n <= m
        Finite.
    maximise : bool, optional
        True looks for the largest sum.

    Returns
    -------
    ndarray, shape (n,), int
        The column of each row.

    Raises
    ------
    ValueError
        If the cost is not a finite matrix, or has more rows than columns.
    """
    matrix = np.asarray(cost)
    if matrix.ndim != 2 or matrix.dtype.kind not in "fiub" or not np.isfinite(matrix).all():
        raise ValueError(
            f"assignment: the cost must be a matrix of finite real numbers, got shape "
            f"{matrix.shape}, dtype {matrix.dtype}. Give forbidden pairs a large finite cost"
        )
    if matrix.shape[0] > matrix.shape[1]:
        raise ValueError(
            f"assignment: {matrix.shape[0]} rows cannot each have one of {matrix.shape[1]} "
            "columns. Pass the transpose: rows may not outnumber columns"
        )
    matrix = matrix.astype(np.float64)
    return shortest_augmenting_paths(-matrix if maximise else matrix)[0]


def shortest_augmenting_paths(cost: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Solve the problem and prove it.

    Parameters
    ----------
    cost : ndarray, shape (n, m), n <= m, finite

    Returns
    -------
    columns : ndarray, shape (n,), int
        The column of each row.
    u, v : ndarrays, shapes (n,) and (m,)
        Prices with u_i + v_j <= C_ij up to rounding, and equality on the pairs assigned.
    """
    n, m = cost.shape
    u, v = np.zeros(n), np.zeros(m)
    owner = np.full(m, -1)  # the row of each column
    columns = np.full(n, -1)
    # Each row at the price of its cheapest column, which it takes if no row was there before:
    # few rows are left that need a path.
    if n:
        u[:] = cost.min(axis=1)
        cheapest, first = np.unique(cost.argmin(axis=1), return_index=True)
        owner[cheapest], columns[first] = first, cheapest
    for row in np.flatnonzero(columns < 0):
        _augment(cost, u, v, owner, columns, int(row))
    return columns, u, v


def _augment(
    cost: np.ndarray,
    u: np.ndarray,
    v: np.ndarray,
    owner: np.ndarray,
    columns: np.ndarray,
    row: int,
) -> None:
    """Add a row: Dijkstra's algorithm on reduced costs, until a free column is reached."""
    m = len(v)
    distance = np.full(m, np.inf)  # of each column from the row that is added
    before = np.full(m, row)  # the row from which that distance came
    left = np.ones(m, dtype=bool)
    i, reached, visited = row, 0.0, []
    while True:
        through = reached + (cost[i] - u[i] - v)
        better = left & (through < distance)
        distance[better] = through[better]
        before[better] = i
        j = int(np.where(left, distance, np.inf).argmin())
        reached = float(distance[j])
        if owner[j] < 0:
            break
        left[j] = False
        visited.append(j)
        i = int(owner[j])
    # Prices move so that all pairs on the path become tight and no pair becomes too cheap.
    gain = reached - distance[visited]
    u[row] += reached
    u[owner[visited]] += gain
    v[visited] -= gain
    while True:
        i = int(before[j])
        owner[j] = i
        columns[i], j = j, int(columns[i])
        if i == row:
            return
