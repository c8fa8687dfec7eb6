"""What the module shows and does in the API."""

from .changes_schema import GrantsMutation
from .files_schema import GrantFilesMutation
from .parts_schema import GrantPartsMutation
from .queries_schema import GrantsQuery

QUERY = (GrantsQuery,)
MUTATION = (GrantsMutation, GrantPartsMutation, GrantFilesMutation)
