"""Signal through depth and time: one factor a layer, and what its average hides."""

from __future__ import annotations

import numpy as np

from ...learning.signal import critical_weight_variance
from .. import gradient_depth, gradient_isometry, gradient_time, long_products
from .prediction import Prediction

_PAGE = "experiments/gradients"


def signal() -> tuple[Prediction, ...]:
    """Predict how gradients grow through layers and through time."""
    return (*_depth(), *_products(), *_isometry(), *_time())


def _depth() -> list[Prediction]:
    found = gradient_depth.run()
    critical = critical_weight_variance("tanh", 0.05)
    layers = zip(found.weight_variances, found.chi, found.ratios, strict=True)
    return [
        Prediction("critical sw2 of tanh at sb2 = 0.05", "Schoenholz 2017", _PAGE, 1.76, critical, 0.005),
        *(
            Prediction(f"factor of |g|^2 a layer, sw2 = {sw2:g}", "Schoenholz 2017", _PAGE, chi, ratio, 0.04, True)
            for sw2, chi, ratio in layers
        ),
    ]  # fmt: skip


def _products() -> list[Prediction]:
    worst = long_products.exponents().deviation
    found = gradient_isometry.largest_stretch((2, 5))
    depths = zip(found.depths, found.predicted, found.measured.mean(axis=1), strict=True)
    return [
        Prediction("worst exponent of a Gaussian product, N = 40", "Newman 1986", _PAGE, 0.0, worst, 0.07),
        *(
            Prediction(
                f"largest squared singular value, depth {n}", "Pennington 2017", _PAGE,
                predicted, measured, 0.12, True,
            )
            for n, predicted, measured in depths
        ),
    ]  # fmt: skip


def _isometry() -> list[Prediction]:
    orthogonal = np.expm1(gradient_isometry.isometry().orthogonal)
    linear = gradient_isometry.log_norms("linear", width=20, depth=10)
    rectified = gradient_isometry.log_norms("relu")
    return [
        Prediction(
            "singular values of orthogonal layers, minus 1", "Saxe 2014", _PAGE,
            0.0, float(np.max(np.abs(orthogonal))), 1e-12,
        ),
        Prediction(
            "variance of ln |Jv|^2, linear, N = 20, L = 10", "Hanin 2020", _PAGE,
            linear.moments.variance, linear.variance, 0.1, True,
        ),
        Prediction(
            "the same for He's rectifiers, 5L/N, N = 30", "Hanin 2020", _PAGE,
            5 * rectified.depth / rectified.width, rectified.variance, 0.3, True,
        ),
    ]  # fmt: skip


def _time() -> list[Prediction]:
    found = gradient_time.run()
    return [
        Prediction(f"backward growth a step, g = {gain:g}", "Molgedey 1992", _PAGE, predicted, measured, 0.03)
        for gain, predicted, measured in zip(found.gains, found.predicted, found.measured, strict=True)
    ]  # fmt: skip
