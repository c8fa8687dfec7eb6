from ...module import Module
from .jobs import encrypt_old_files, export_tenant

TRANSFER = Module(
    name="transfer",
    title={"sv": "Hela kommunen", "en": "The whole municipality"},
    core=True,
    jobs=(export_tenant, encrypt_old_files),
)
