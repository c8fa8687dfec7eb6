from ...module import Module

REPORTS = Module(name="reports", title={"sv": "", "en": ""})
