from ...module import Module

ORGANISATION = Module(
    name="organisation", title={"sv": "Organisation", "en": "Organisation"}, core=True
)
