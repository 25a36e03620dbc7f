"""What an ensemble is: a system on rows, z_i(t + 1) = F(z_i(t); p_i) for members i = 1, ..., M.

The state is a matrix, one row for each member. Because rows do not meet, the system of some of the
members is the system of all without the other rows: that is what ``select`` returns.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ...autodiff import reshape
from ...autodiff.tree import Tree, tree_map
from ...dynamics.running import plain, quiet

_SAME = 1e-6  # how far a member alone may be from its row, as a part of what the system does to it
_ROUNDING = 1e-12  # and as a part of the row itself


class MemberSystem(Protocol):
    """A map or a flow of many members.

    Called with the rows, shape (members, m), or with a time and the rows, it returns an array of
    the rows' shape. It takes the flat vector of shape (members * m,) as well, and is thereby a
    ``Map`` or a ``Flow``. ``select(kept)`` is the system of the members with these indices.
    """

    @property
    def members(self) -> int: ...

    def __call__(self, *time_and_rows: Any) -> Any: ...

    def select(self, kept: np.ndarray) -> MemberSystem: ...


@dataclass(frozen=True, slots=True, eq=False)
class Vectorised:
    """A function on rows, with parameters of which each member has its own.

    Attributes
    ----------
    function : callable
        ``function(rows, **parameters)``, or ``function(t, rows, **parameters)`` of a flow.
    members : int
    parameters : dict of str to ndarray, each of shape (members, ...)
    """

    function: Callable[..., Any]
    members: int
    parameters: dict[str, np.ndarray]

    def __call__(self, *time_and_rows: Any) -> Any:
        """Return what the function makes of the rows; a flat state gives a flat result."""
        *time, z = time_and_rows
        rows = as_rows(z, self.members, "vectorised")
        return reshape(self.function(*time, rows, **self.parameters), shape=z.shape)

    def select(self, kept: np.ndarray) -> Vectorised:
        """Return the system of the members ``kept``."""
        chosen = {name: value[kept] for name, value in self.parameters.items()}
        return Vectorised(self.function, len(kept), chosen)


def vectorised(function: Callable[..., Any], members: int, **parameters: Any) -> Vectorised:
    """Return many members of one system, which may differ in their parameters.

    Parameters
    ----------
    function : callable
        A map ``function(rows, **parameters)`` or a flow ``function(t, rows, **parameters)``, with
        rows of shape (members, m). Elementwise arithmetic and products from the right with a
        matrix, ``rows @ a``, keep members apart; ``a @ rows`` does not, and is refused by a run.
    members : int
    **parameters : array_like, shape (members, ...)
        What differs from member to member. One number for each member, shape (members,), is
        handed on as a column, shape (members, 1), so that it meets its own row.

    Returns
    -------
    Vectorised
        Hand it to ``simulate_ensemble`` or ``integrate_ensemble``. It is a Map or a Flow on flat
        states, too.

    Raises
    ------
    TypeError
        If ``members`` is not an integer or the function cannot be called.
    ValueError
        If there is no member, or a parameter has another leading axis.
    """
    count = member_count(members, "vectorised")
    if not callable(function):
        raise TypeError(
            f"vectorised: {type(function).__name__} cannot be called. Pass a function of the rows"
        )
    columns = {}
    for name, value in parameters.items():
        array = np.asarray(value)
        if array.ndim < 1 or len(array) != count:
            raise ValueError(
                f"vectorised: the parameter {name!r} has shape {array.shape} for {count} members. "
                "Give each member one along the first axis; a constant of all belongs in the function"
            )
        columns[name] = array[:, None] if array.ndim == 1 else array
    return Vectorised(function, count, columns)


def stack_members(trees: Sequence[Tree]) -> Tree:
    """Return one tree whose leaves have a leading axis of members.

    Parameters
    ----------
    trees : sequence of trees of arrays
        Of one structure and shape, such as the initial parameters from several seeds.

    Raises
    ------
    ValueError
        If there is none, or if structures or shapes differ.
    """
    trees = list(trees)
    if not trees:
        raise ValueError("stack_members: received no trees. Pass one for each member")
    return tree_map(lambda *leaves: np.stack([plain(leaf) for leaf in leaves]), *trees)


def member_count(members: Any, caller: str) -> int:
    """Return a number of members, or say that it is none."""
    try:
        count = operator.index(members)
    except TypeError:
        raise TypeError(f"{caller}: members must be an integer, got {members!r}") from None
    if count < 1:
        raise ValueError(f"{caller}: needs one member or more, got members={count}")
    return count


def as_rows(z: Any, members: int, caller: str) -> Any:
    """Return a state as rows, shape (members, m), from rows or from a flat vector."""
    shape = z.shape
    if len(shape) == 2 and shape[0] == members:
        return z
    if len(shape) != 1 or shape[0] % members:
        raise ValueError(
            f"{caller}: received a state of shape {shape} for {members} members. Pass rows of shape "
            f"({members}, m), or one vector of {members} * m numbers"
        )
    return reshape(z, shape=(members, shape[0] // members))


def initial_rows(z0: Any, members: int, caller: str) -> np.ndarray:
    """Return a float64 copy of the initial rows, shape (members, m), or say what is wrong."""
    z = plain(z0)
    if z.dtype.kind != "f":
        raise TypeError(
            f"{caller}: the initial states have dtype {z.dtype}. Pass floats, for example "
            "np.asarray(z0, dtype=float)"
        )
    return np.array(as_rows(z, members, caller), dtype=np.float64)


def require_independent(
    system: MemberSystem, rows: np.ndarray, caller: str, *time: float, is_map: bool = True
) -> None:
    """Refuse a system in which a member does something else when it is alone.

    The first and the last member are compared. Of a map it is the step that counts, not the state
    after it: a small step must not hide what is wrong with it.

    Raises
    ------
    ValueError
        If the system does not keep the rows' shape, or mixes members.
    """
    with quiet():
        together = plain(system(*time, rows.copy()))
    if together.shape != rows.shape:
        raise ValueError(
            f"{caller}: the system took rows of shape {rows.shape} to shape {together.shape}. It "
            "must keep them: write it for leading axes"
        )
    if len(rows) == 1:
        return
    advice = (
        "Each member must depend on its own row alone: write rows @ a instead of a @ rows, take "
        "norms and means along the last axis, and hand per-member numbers over as parameters"
    )
    for i in (0, len(rows) - 1):
        row = rows[i : i + 1]
        with quiet():
            try:
                alone = plain(system.select(np.array([i]))(*time, row.copy()))
            except (ValueError, TypeError, IndexError) as error:
                raise ValueError(
                    f"{caller}: the system raised for member {i} alone ({error}). {advice}"
                ) from error
            moved = together[i] - row if is_map else together[i]
            size = _largest(moved) * _SAME + _largest(row) * _ROUNDING
            same = np.allclose(alone, together[i], rtol=0.0, atol=size, equal_nan=True)
        if alone.shape != row.shape or not same:
            raise ValueError(
                f"{caller}: member {i} alone does something else than among {len(rows)} members. {advice}"
            )


def _largest(x: np.ndarray) -> float:
    """The largest finite magnitude."""
    return float(np.max(np.abs(x), initial=0.0, where=np.isfinite(x)))
