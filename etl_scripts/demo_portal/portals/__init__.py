"""One module per imitated portal; each says in its docstring the requests that a plain HTTP client makes."""
