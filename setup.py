"""Finds the packages below the six folders; all else about the build stands in pyproject.toml.

setuptools can find packages or rename their root, not both: the names get their `roder.` here.
"""

from setuptools import find_namespace_packages, setup

FOLDERS = ("platform", "workers", "graphql", "tenants", "authz", "infra")
INCLUDED = [f"{folder}{rest}" for folder in FOLDERS for rest in ("", ".*")]
EXCLUDED = ["*.__pycache__", "infra.docs*", "infra.deploy*"]

found = find_namespace_packages(include=INCLUDED, exclude=EXCLUDED)
setup(
    packages=["roder", *(f"roder.{name}" for name in found)],
    script_name="setup.py",  # pip leaves its own name there, and this file went into the wheel
)
