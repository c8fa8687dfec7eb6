from ...module import Module

ACTIONS = Module(
    name="actions",
    title={"sv": "Åtgärder", "en": "Actions"},
    core=True,
)
