"""How a signal travels through depth and time, and what a wide random net makes of it.

Reading order: ``stages`` (a net cut into layers or time steps), ``norms``, ``products`` (long
products of matrices by QR), ``jacobian``; the theory: ``averages`` (over Gaussian
pre-activations), ``mean_field``, ``criticality``, ``driven``, ``polygamma``,
``gaussian_products``.
"""

from .criticality import DepthScales, chi, critical_weight_variance, depth_scale
from .driven import DrivenMeanField, driven_rnn_mean_field
from .gaussian_products import (
    LogNormMoments,
    gaussian_product_exponents,
    largest_squared_singular_value,
    log_norm_moments,
)
from .jacobian import jacobian_exponents, jacobian_singular_values
from .mean_field import MeanFieldMap, mean_field_map
from .norms import BackwardNorms, ForwardNorms, backward_norms, forward_norms
from .polygamma import digamma, trigamma
from .products import ProductExponents, log_singular_values, product_exponents

__all__ = [
    "backward_norms", "BackwardNorms", "chi", "critical_weight_variance", "depth_scale", "DepthScales",
    "digamma", "driven_rnn_mean_field", "DrivenMeanField", "forward_norms", "ForwardNorms",
    "gaussian_product_exponents", "jacobian_exponents", "jacobian_singular_values",
    "largest_squared_singular_value", "log_norm_moments", "log_singular_values", "LogNormMoments",
    "mean_field_map", "MeanFieldMap", "product_exponents", "ProductExponents", "trigamma",
]  # fmt: skip
