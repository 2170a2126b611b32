"""The service desk: a customer's orders are looked up, cancelled, changed, returned and exchanged in conversation.

`Desk` is the dialogue, `World` is what it may touch (two exist: a JSON database and the shop's own store), `Policy` is
what it may do there.
"""
