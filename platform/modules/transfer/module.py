from ...module import Module

TRANSFER = Module(
    name="transfer",
    title={"sv": "Hela kommunen", "en": "The whole municipality"},
    core=True,
)
