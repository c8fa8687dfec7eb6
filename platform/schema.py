"""The schema of the product: what the modules say, and the switches of the modules themselves."""

from strawberry import Schema

from ..graphql.schema import build_schema
from .administration_schema import ADMINISTRATION
from .live_schema import LIVE
from .modules import MODULES


def product_schema() -> Schema:
    return build_schema((*MODULES, ADMINISTRATION, LIVE))
