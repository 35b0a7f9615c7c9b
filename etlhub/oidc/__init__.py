"""Login by the company's OpenID Connect provider; off until its settings are there.

config (the settings), provider (talks to it), idtoken (whom its signed answer names), accounts (our user and role for it),
views (the two steps of the browser).
"""
