"""What programs may ask, described by OpenAPI 3.1: for the portal, and for one data set with its own fields."""

from ckanext.opengov.data.service.openapi.dataset import of_dataset
from ckanext.opengov.data.service.openapi.portal import of_portal
from ckanext.opengov.data.service.openapi.snippets import snippets

__all__ = ["of_dataset", "of_portal", "snippets"]
