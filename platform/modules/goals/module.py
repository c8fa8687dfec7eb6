from ...module import Module

GOALS = Module(name="goals", title={"sv": "", "en": ""})
