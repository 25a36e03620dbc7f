"""Flows with known solutions, for the tests of integration."""

import math

import mpmath
import numpy as np

from learndyn import sin, stack
from learndyn.dynamics import DormandPrince, integrate


def pendulum(t, z):
    return stack([z[1], -sin(z[0])])


def pendulum_angle(amplitude, t):
    """theta(t) = 2 arcsin(k cd(t; k)), k = sin(amplitude / 2), from rest at the amplitude."""
    k = mpmath.sin(mpmath.mpf(amplitude) / 2)
    return float(2 * mpmath.asin(k * mpmath.ellipfun("cd", t, k=k)))


def pendulum_state(amplitude, t):
    """Angle and velocity; the velocity's size follows from the energy -cos(amplitude)."""
    angle = pendulum_angle(amplitude, t)
    ahead = pendulum_angle(amplitude, t + 1e-4) - pendulum_angle(amplitude, t - 1e-4)
    speed = math.sqrt(2 * (math.cos(angle) - math.cos(amplitude)))
    return np.array([angle, math.copysign(speed, ahead)])


def lotka_volterra(t, z):
    x, y = z[0], z[1]
    return stack([x * (2 / 3 - 4 / 3 * y), y * (x - 1.0)])


def lotka_volterra_invariant(z):
    """V = x - ln x + (4/3) y - (2/3) ln y is constant along solutions."""
    x, y = z[..., 0], z[..., 1]
    return x - np.log(x) + 4 / 3 * y - 2 / 3 * np.log(y)


def oscillator(t, z):
    return stack([z[1], -z[0]])


def reference(flow, z0, duration):
    method = DormandPrince(rtol=3e-14, atol=1e-14)
    return integrate(flow, z0, [0.0, duration], method=method).final_state


def matrix_exponential(a):
    """The series of exp, on a matrix halved until it is small and squared back."""
    halvings = max(0, math.ceil(math.log2(np.linalg.norm(a, 1) + 1e-300)) + 2)
    small = a / 2.0**halvings
    total = term = np.eye(len(a))
    for k in range(1, 20):
        term = term @ small / k
        total = total + term
    return np.linalg.matrix_power(total, 2**halvings)


def slope(x, y):
    """The order: slope of ln y against ln x."""
    return np.polyfit(np.log(x), np.log(y), 1)[0]
