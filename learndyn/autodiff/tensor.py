"""The value that flows through a computation: a NumPy array and where it came from.

A *tensor* is transient. An operation on tensors makes a new one, which remembers the
operation, its operands and their values; that memory is the computation graph. Links
point from a result to its operands only, so there are no cycles and a graph is freed as
soon as its last result is dropped.

A *parameter* is state. It outlives the graph, carries a name and a gradient, and is the
only tensor whose data may be replaced.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike  # at run time its docstrings would cost milliseconds

    from .op import Op

Array = np.ndarray
_FLOAT64 = np.dtype(np.float64)


def as_float_array(data: ArrayLike, caller: str) -> Array:
    """Copy ``data`` into a fresh float array; integers and booleans are cast to float64.

    float32 and float64 are kept as they are.
    """
    if isinstance(data, Tensor):
        raise TypeError(
            f"{caller}: received a Tensor. Pass tensor.detach() for a constant with the "
            "same value, or use the tensor itself"
        )
    if type(data) is np.ndarray and data.dtype is _FLOAT64:
        return data.copy("K")
    try:
        array = np.array(data)
    except ValueError as error:
        raise ValueError(
            f"{caller}: the data do not form an array ({error}). "
            "Make all rows equally long"
        ) from error
    if array.dtype in (np.float64, np.float32):
        return array
    if array.dtype.kind in "biu":
        return array.astype(np.float64)
    raise TypeError(
        f"{caller}: received dtype {array.dtype}. Derivatives here are of real float64 or "
        "float32 numbers: convert the data with .astype(np.float64)"
    )


class Tensor:
    """An array with the memory of how it was computed.

    Parameters
    ----------
    data : array_like
        Real numbers of any shape. They are copied. Integers and booleans become float64.
    requires_grad : bool, optional
        True makes this a leaf of the graph: ``backward`` writes its ``grad``.

    Raises
    ------
    TypeError
        If the data are complex, text or objects, or already a Tensor.
    ValueError
        If the data are ragged.

    Notes
    -----
    Operators and methods are the rows of the operation tables, attached in ``operators``.
    ``==`` and the other comparisons are elementwise and return boolean arrays; a tensor is
    hashed by identity.
    """

    # _data      the value: ndarray, or a NumPy scalar for a 0-d result (it is immutable)
    # _tracked   True if a derivative can flow through this tensor
    # _op        the operation that made it; None for a leaf or a constant, and then the
    #            three slots that follow are not set
    # _params    keyword parameters of the operation
    # _values    operand values as they were then
    # _parents   operand tensors, None in the place of a constant
    # _order     creation number: operands come before results, so it sorts the graph
    # _grad      set by backward, on leaves only
    # _made_at   the caller's line, set under detect_anomaly only
    __slots__ = (
        "_data", "_tracked", "_op", "_params", "_values", "_parents", "_order", "_grad",
        "_made_at", "__weakref__",
    )  # fmt: skip
    _params: dict[str, Any]
    _values: tuple[Any, ...]
    _made_at: str

    # An ndarray on the left of an operator hands over to the tensor's reflected operator.
    __array_ufunc__ = None

    def __init__(self, data: ArrayLike, *, requires_grad: bool = False) -> None:
        self._data = as_float_array(data, type(self).__name__)
        self._tracked = requires_grad
        self._op: Op | None = None
        self._parents: tuple[Tensor | None, ...] = ()
        self._order = 0

    @property
    def data(self) -> Array:
        """The value, as a read-only array."""
        data = self._data
        view = data.view() if type(data) is np.ndarray else np.asarray(data).view()
        view.setflags(write=False)
        return view

    @property
    def grad(self) -> Array | None:
        """The gradient that the last ``backward`` wrote here; None on any non-leaf."""
        return getattr(self, "_grad", None)

    @grad.setter
    def grad(self, gradient: ArrayLike | None) -> None:
        self._grad = None if gradient is None else self._like_me(gradient, "grad")

    @property
    def requires_grad(self) -> bool:
        """True if a derivative can flow through this tensor."""
        return self._tracked

    @property
    def is_leaf(self) -> bool:
        """True if no recorded operation made this tensor."""
        return self._op is None

    @property
    def shape(self) -> tuple[int, ...]:
        """Length along each axis."""
        return self._data.shape

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self._data.ndim

    @property
    def size(self) -> int:
        """Number of elements."""
        return self._data.size

    @property
    def dtype(self) -> np.dtype[Any]:
        """float64 or float32."""
        return self._data.dtype

    def numpy(self) -> Array:
        """Return a copy of the value as an ordinary, writable NumPy array."""
        return np.array(self._data)

    def item(self) -> float:
        """Return the only element as a Python float.

        Raises
        ------
        ValueError
            If there is not exactly one element.
        """
        if self._data.size != 1:
            raise ValueError(
                f"item: needs exactly one element, got shape {self.shape}. "
                "Index or reduce the tensor first"
            )
        return float(self._data.item())

    def detach(self) -> Tensor:
        """Return a constant with the same value: no derivative flows through it."""
        return _constant(self._data)

    def __float__(self) -> float:
        return self.item()

    def __bool__(self) -> bool:
        if self._data.size != 1:
            raise ValueError(
                f"bool: the truth of a tensor of shape {self.shape} is ambiguous. "
                "Compare it and reduce with .any() or .all()"
            )
        return bool(self._data)

    if TYPE_CHECKING:  # what ``operators`` gives the class, for type checkers and editors
        T: Tensor
        mT: Tensor

        def __add__(self, other: Any) -> Tensor: ...
        def __radd__(self, other: Any) -> Tensor: ...
        def __sub__(self, other: Any) -> Tensor: ...
        def __rsub__(self, other: Any) -> Tensor: ...
        def __mul__(self, other: Any) -> Tensor: ...
        def __rmul__(self, other: Any) -> Tensor: ...
        def __truediv__(self, other: Any) -> Tensor: ...
        def __rtruediv__(self, other: Any) -> Tensor: ...
        def __pow__(self, other: Any) -> Tensor: ...
        def __rpow__(self, other: Any) -> Tensor: ...
        def __matmul__(self, other: Any) -> Tensor: ...
        def __rmatmul__(self, other: Any) -> Tensor: ...
        def __neg__(self) -> Tensor: ...
        def __pos__(self) -> Tensor: ...
        def __abs__(self) -> Tensor: ...
        def __getitem__(self, index: Any) -> Tensor: ...
        def __hash__(self) -> int: ...
        def __eq__(self, other: object) -> Any: ...
        def __ne__(self, other: object) -> Any: ...
        def __lt__(self, other: Any) -> Any: ...
        def __le__(self, other: Any) -> Any: ...
        def __gt__(self, other: Any) -> Any: ...
        def __ge__(self, other: Any) -> Any: ...
        def sum(self, axis: Any = None, keepdims: bool = False) -> Tensor: ...
        def mean(self, axis: Any = None, keepdims: bool = False) -> Tensor: ...
        def prod(self, axis: Any = None, keepdims: bool = False) -> Tensor: ...
        def max(self, axis: Any = None, keepdims: bool = False) -> Tensor: ...
        def min(self, axis: Any = None, keepdims: bool = False) -> Tensor: ...
        def var(self, axis: Any = None, ddof: float = 0, keepdims: bool = False) -> Tensor: ...
        def std(self, axis: Any = None, ddof: float = 0, keepdims: bool = False) -> Tensor: ...
        def clip(self, min: Any = None, max: Any = None) -> Tensor: ...  # noqa: A002 - as NumPy
        def argmax(self, axis: int | None = None, *, keepdims: bool = False) -> Any: ...
        def argmin(self, axis: int | None = None, *, keepdims: bool = False) -> Any: ...
        def cumsum(self, axis: int | None = None) -> Tensor: ...
        def reshape(self, *lengths: Any) -> Tensor: ...
        def ravel(self) -> Tensor: ...
        def flatten(self) -> Tensor: ...
        def squeeze(self, axis: Any = None) -> Tensor: ...
        def transpose(self, *axes: Any) -> Tensor: ...
        def swapaxes(self, axis1: int, axis2: int) -> Tensor: ...
        def repeat(self, repeats: Any, axis: int | None = None) -> Tensor: ...
        def take(self, indices: Any, axis: int | None = None) -> Tensor: ...
        def dot(self, other: Any) -> Tensor: ...
        def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor: ...
        def trace(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor: ...
        def backward(self, cotangent: Any = None) -> None: ...

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len: a 0-d tensor has no length")
        return self.shape[0]

    def __iter__(self) -> Any:
        if not self.shape:
            raise TypeError("iter: a 0-d tensor cannot be iterated. Use .item()")
        return (self[i] for i in range(self.shape[0]))

    def __repr__(self) -> str:
        made_by = f", op={self._op.name}" if self._op is not None else ""
        leaf = ", requires_grad=True" if self._op is None and self._tracked else ""
        body = np.array2string(np.asarray(self._data), separator=", ", prefix="Tensor(")
        return f"{type(self).__name__}({body}{made_by}{leaf})"

    def __setitem__(self, index: Any, value: Any) -> None:
        raise TypeError(
            "setitem: a tensor is a value and cannot be changed in place. "
            "Build the new value with where(), or assign a whole Parameter.data"
        )

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        raise TypeError(
            "numpy: a Tensor was passed where NumPy needs an array, which would drop its "
            "graph. Use the operation of the same name in learndyn, or tensor.numpy()"
        )

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        raise TypeError(
            f"numpy.{func.__name__}: NumPy functions do not take a Tensor. Use "
            f"learndyn.{func.__name__} if there is one, or pass tensor.numpy()"
        )

    def _like_me(self, value: ArrayLike, caller: str) -> Array:
        """Copy ``value`` as an array of this tensor's shape and dtype."""
        array = as_float_array(value, caller)
        if array.shape != self.shape:
            raise ValueError(
                f"{caller}: needs shape {self.shape}, got {array.shape}. "
                "Shape is part of a parameter: make a new one to change it"
            )
        return array.astype(self.dtype, copy=False)


class Parameter(Tensor):
    """A tensor that is state: it has a gradient, a name, and data that may be replaced.

    Parameters
    ----------
    data : array_like
        Initial value; copied.
    name : str, optional
        Shown in messages and pictures of the graph.

    Notes
    -----
    ``parameter.data = new_value`` replaces the value by a copy of ``new_value``. A graph
    that was recorded before keeps the value that it saw.
    """

    __slots__ = ("name",)

    def __init__(self, data: ArrayLike, *, name: str = "") -> None:
        super().__init__(data, requires_grad=True)
        self._data.setflags(write=False)
        self._grad = None
        self.name = name

    def _replace_data(self, value: ArrayLike) -> None:
        if type(value) is np.ndarray and value.dtype is _FLOAT64 is self._data.dtype and (
            value.shape == self._data.shape
        ):
            copy = value.copy()
        else:
            copy = self._like_me(value, f"Parameter {self.name}".rstrip())
        copy.setflags(write=False)
        self._data = copy

    # The array itself, since it is read-only: an update loop reads data and grad in every step.
    data = property(
        attrgetter("_data"), _replace_data, doc="The value, as a read-only array. Assign to replace it."
    )
    grad = property(
        attrgetter("_grad"),
        Tensor.grad.fset,  # type: ignore[attr-defined]
        doc="The gradient that the last ``backward`` wrote here.",
    )


def _constant(data: Array) -> Tensor:
    """Wrap an array that nobody else will change, without copying it."""
    tensor = Tensor.__new__(Tensor)
    tensor._data = data
    tensor._tracked = False
    tensor._op = None
    tensor._parents = ()
    tensor._order = 0
    return tensor
