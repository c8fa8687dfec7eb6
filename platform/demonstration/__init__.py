"""The municipalities of the demonstration, a file each. The people in them are invented."""

from .helsingborg import HELSINGBORG
from .osthammar import OSTHAMMAR
from .sundbyberg import SUNDBYBERG

TOWNS = (OSTHAMMAR, HELSINGBORG, SUNDBYBERG)
