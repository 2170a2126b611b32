"""The wording step: tool results become sentences with citations, cards, a table and options to tap.

One module per kind of answer. All of it is written by code from the store; an endpoint may write sentences instead
(`assistant.remote`), never cards, tables, prices or stock.
"""
