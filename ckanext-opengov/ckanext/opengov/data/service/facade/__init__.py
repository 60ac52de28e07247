"""The addresses and shapes of the older open data portal, so that its clients work unchanged.

What they ask in the words of their search engine is compiled to the same safe question as everybody else's.
"""

from ckanext.opengov.data.service.facade.source import Asked, compiled
from ckanext.opengov.data.service.facade.tables import Found, find

__all__ = ["Asked", "Found", "compiled", "find"]
