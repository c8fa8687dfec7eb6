"""Reads as one statement: a validated document becomes SQL whose answer is the JSON text.

`selecting` says which fields an object of a type has to show, `texts` how a value is written in
JSON, `writing` turns what is declared into text, `compiling` puts the statement together, and
`plans` tells where its parameters come from.
"""
