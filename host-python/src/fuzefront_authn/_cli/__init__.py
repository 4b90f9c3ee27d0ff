"""The command line, `python -m fuzefront_authn` (docs/cli.md): that of the Node package.

Nothing here decides about a token; texts about tokens are the module's.
"""
