"""The command line, `python -m fuzefront_authn`: the same as that of the Node package (docs/cli.md).

Nothing here decides about a token; texts about tokens are the module's.
"""
