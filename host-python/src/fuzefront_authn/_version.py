"""The version of every part: the module, this package, and the npm package."""

__version__ = "0.1.0"
