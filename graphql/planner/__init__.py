"""Reads as one statement: a validated document becomes SQL whose answer is the JSON text.

`selecting` says which fields an object of a type has to show, `texts` how a value is written in
JSON, `compiling` writes the statement, and `plans` remembers and runs it.
"""
