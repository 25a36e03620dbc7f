r"""The central flow: the smooth path around which descent oscillates at the edge of stability.

Once the sharpness has risen to 2/eta, descent no longer follows gradient flow: it oscillates
in the directions of the largest curvature. Write theta(k) = w + delta with the oscillation's
covariance Sigma = E[delta delta']. The mean gradient is then grad L + 1/2 grad <Sigma, H>, and
the time average w moves as

    dw/dt = -[ grad L(w) + 1/2 grad_w <Sigma, H(w)> ],

in the time of gradient flow: descent makes 1/eta steps in a unit of t. Sigma is fixed by the
complementarity of sharpness and oscillation (Cohen, Damian, Talwalkar, Kolter and Lee, 2025):

    Sigma >= 0,   H <= 2/eta,   <Sigma, 2/eta - H> = 0

at all times: it lives where the curvature is at the edge, and is as large as it must be for
the curvature not to pass it. The mean loss over the oscillation is L(w) + 1/2 <H, Sigma> =
L(w) + tr(Sigma)/eta.

How it is discretised. One update takes the time h = stride * eta. Let the columns of U be the
leading eigenvectors, A = 2/eta - U'HU, and Sigma = U X U'. Linearised over the update,

    0 <= X  complementary to  A + h D(g) + h/2 B[X] >= 0,

D(g)_ij = <grad u_i'H u_j, Phi g>, B[X]_ij = sum_kl <grad u_i'H u_j, Phi grad u_k'H u_l> X_kl:
the time-stepping scheme of contact mechanics (Moreau; Stewart and Trinkle, 1996), which pulls
a mode that is past the edge back to it. It is of first order in h. Phi = I on most of the
space; on U it is (1 - e^(-h lambda))/(h lambda), the exponential Euler method, without which
a step with h lambda > 2 would blow up. So the first curvature that is not tracked must stay
below 2/h. U follows H by one step of subspace iteration for each update.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..autodiff.tree import Tree
from ..dynamics.linearise import LinearOperator
from ..dynamics.state import flatten, ravel
from .complementarity import semidefinite_complementarity
from .curvature import curvature_gradients, gradient_and_hessian
from .gradient_flow import FlatLoss, flat_loss, number, require_step_size

_FIRST_ITERATIONS = 30  # of subspace iteration, before the first update
_UNSOLVABLE = 0.1  # relative residual of the complementarity problem that no X can lower


class CentralState(NamedTuple):
    """The state of a central flow.

    Attributes
    ----------
    theta : ndarray, shape (n,)
        w, the time-averaged parameters.
    directions : ndarray, shape (n, modes)
        An orthonormal basis near the leading eigenvectors of the Hessian at w.
    oscillation : ndarray, shape (n, modes)
        The principal axes of the oscillation over the last update, each as long as its
        standard deviation: Sigma = oscillation @ oscillation.T.
    """

    theta: Any
    directions: Any
    oscillation: Any


@dataclass(frozen=True, slots=True, eq=False)
class CentralFlow:
    """The discretised central flow: a Map on its flat state, for ``simulate``.

    It takes arrays only: which modes are at the edge is no smooth function of the state.

    Attributes
    ----------
    initial_state : ndarray, shape (n + 2 n modes,)
        A ``CentralState``, flat.
    step_size : float
        eta of the descent that is described.
    stride : float
        How many steps of descent one update stands for.
    edge : float
        Modes whose curvature is above this fraction of 2/eta may oscillate.
    """

    initial_state: np.ndarray
    step_size: float
    stride: float
    edge: float
    _loss: FlatLoss
    _unravel: Callable[[Any], CentralState]

    def __call__(self, z: Any) -> np.ndarray:
        """Return the state after one update, which takes the time stride * eta.

        The new state is nan where theta has overflowed, and where no oscillation could hold the
        curvature at 2/eta, as on a quadratic past the edge: descent diverges there, and a
        central flow does not exist. ``simulate`` stops and says at which update.
        """
        theta, basis, _ = self.state(z)
        gradient, hessian = gradient_and_hessian(self._loss, theta)
        images = _images(hessian, basis)
        if not np.isfinite(images).all():
            return np.full(np.shape(z), np.nan)
        values, rotation = np.linalg.eigh(basis.T @ images)
        values, rotation = values[::-1], rotation[:, ::-1]
        vectors, images = basis @ rotation, images @ rotation
        h = self.stride * self.step_size
        filtered = _exponential_filter(vectors, h * values)

        critical = int(np.sum(values > self.edge * 2.0 / self.step_size))
        oscillation = np.zeros_like(vectors)
        force = gradient
        if critical:
            slopes = curvature_gradients(self._loss, theta, vectors[:, :critical])
            x = self._covariance(values[:critical], slopes, filtered, gradient)
            force = gradient + 0.5 * np.einsum("ijn,ij->n", slopes, x)
            if not np.isfinite(force).all():
                return np.full(np.shape(z), np.nan)
            variances, axes = np.linalg.eigh(x)
            deviations = np.sqrt(np.maximum(variances, 0.0))
            oscillation[:, :critical] = vectors[:, :critical] @ (axes * deviations)
        theta = theta - h * filtered(force)
        return flatten(CentralState(theta, _orthonormal(images), oscillation))

    def _covariance(
        self, values: np.ndarray, slopes: np.ndarray, filtered: Any, gradient: np.ndarray
    ) -> np.ndarray:
        """X of the critical modes; nan if there is none.

        One that is found roughly is put right by the next update, which measures H anew.
        """
        h = self.stride * self.step_size
        smooth = filtered(slopes)
        room = np.diag(2.0 / self.step_size - values) + h * (smooth @ gradient)
        pull = 0.5 * h * np.einsum("ijn,kln->ijkl", slopes, smooth)
        found = semidefinite_complementarity(room, pull)
        return found.solution if found.residual < _UNSOLVABLE else np.full_like(room, np.nan)

    def state(self, z: Any) -> CentralState:
        """Return the parts of the flat state ``z``."""
        return self._unravel(np.asarray(z))

    def parameters(self, z: Any) -> Tree:
        """Return the time-averaged parameters w as the tree that the model takes."""
        return self._loss.parameters(self.state(z).theta)

    def loss(self, z: Any) -> float:
        """Return L(w), the loss on the path itself."""
        return float(number(self._loss(self.state(z).theta), z))

    def variance(self, z: Any) -> float:
        """Return tr(Sigma) = E |theta - w|^2 over the last update."""
        return float(np.sum(self.state(z).oscillation ** 2))

    def mean_loss(self, z: Any) -> float:
        """Return L(w) + tr(Sigma)/eta, the predicted time average of descent's loss."""
        return self.loss(z) + self.variance(z) / self.step_size

    def covariance(self, z: Any) -> np.ndarray:
        """Return Sigma as a dense matrix, shape (n, n). For small n."""
        axes = self.state(z).oscillation
        return axes @ axes.T


def central_flow(
    loss: Callable[[Tree], Any],
    theta: Tree,
    step_size: float,
    *,
    modes: int = 4,
    stride: float = 4.0,
    edge: float = 0.9,
) -> CentralFlow:
    """Return the central flow of gradient descent, discretised.

    Parameters
    ----------
    loss : callable
        Takes a tree of parameters to a tensor with one element. Three times differentiable.
    theta : tree of arrays
        Initial parameters.
    step_size : float
        eta of the descent that is described, positive.
    modes : int, optional
        How many leading eigenvectors are followed, at most n. More than can be at the edge at
        the same time: the curvature of all others must stay below 2/(stride * eta).
    stride : float, optional
        Steps of descent for each update. The error is of first order in it.
    edge : float, optional
        Positive. Modes above this fraction of 2/eta are candidates for oscillation; whether they
        do oscillate is decided by the complementarity. Infinity switches the oscillation off
        and leaves gradient flow, by the exponential Euler method, which stiffness cannot break.

    Returns
    -------
    CentralFlow
        Hand it to ``simulate`` with its ``initial_state``; record r is descent's step
        r * stride, the time r * stride * step_size of gradient flow.

    Raises
    ------
    ValueError
        If an option is out of range.

    References
    ----------
    Cohen, J., Damian, A., Talwalkar, A., Kolter, Z. and Lee, J. (2025). Understanding
    optimization in deep learning with central flows. ICLR.
    Stewart, D. and Trinkle, J. (1996). An implicit time-stepping scheme for rigid body
    dynamics. Int. J. Numer. Methods Eng. 39, 2673-2691.
    """
    eta = require_step_size(step_size, "central_flow")
    if modes < 1 or not (np.isfinite(stride) and stride > 0) or not edge > 0:
        raise ValueError(
            "central_flow: needs modes >= 1 and a positive, finite stride and positive edge, got "
            f"modes={modes}, stride={stride}, edge={edge}"
        )
    z, flat = flat_loss(loss, theta)
    start = np.random.default_rng(0).standard_normal((z.size, min(modes, z.size)))
    directions = np.linalg.qr(start)[0]
    hessian = gradient_and_hessian(flat, z)[1]
    for _ in range(_FIRST_ITERATIONS):
        directions = _orthonormal(_images(hessian, directions))
    state = CentralState(z, directions, np.zeros_like(directions))
    initial_state, unravel = ravel(state)
    return CentralFlow(initial_state, eta, float(stride), float(edge), flat, unravel)


def _images(operator: LinearOperator, vectors: np.ndarray) -> np.ndarray:
    return np.stack([operator.matvec(v) for v in vectors.T], axis=1)


def _orthonormal(vectors: np.ndarray) -> np.ndarray:
    """An orthonormal basis of the columns; any direction stands in for one that vanished."""
    return np.linalg.qr(vectors)[0]


def _exponential_filter(vectors: np.ndarray, x: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Phi: (1 - e^-x)/x on the vectors, one on what is orthogonal to them; acts on last axes."""
    safe = np.where(np.abs(x) < 1e-8, 1.0, x)
    damping = np.where(np.abs(x) < 1e-8, 1.0 - x / 2.0, -np.expm1(-safe) / safe) - 1.0
    return lambda rows: rows + ((rows @ vectors) * damping) @ vectors.T
