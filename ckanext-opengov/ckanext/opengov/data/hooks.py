"""Where CKAN calls open data: index, search, pages of packages and organizations."""

from __future__ import annotations

from typing import Any

import ckan.model as model
from ckan.types import CKANApp, Context

from ckanext.opengov.data import counting, display, index, loading, versions
from ckanext.opengov.data.service import agencies, announcing, recording
from ckanext.opengov.data.service.apps import packages as apps_packages
from ckanext.opengov.data.service.quality import exporting, keeping
from ckanext.opengov.data.service.requests import packages as requests_packages
from ckanext.opengov.data.views import catalogue


class PackageHooks:
    """Methods of ``IPackageController``."""

    def before_dataset_index(self, document: dict[str, Any]) -> dict[str, Any]:
        return apps_packages.before_index(requests_packages.before_index(index.before_index(document)))

    def before_dataset_search(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return index.before_search(parameters)

    def after_dataset_search(self, results: dict[str, Any], parameters: dict[str, Any]) -> dict[str, Any]:
        exporting.remember(results["results"])
        return index.after_search(results, parameters)

    def after_dataset_create(self, context: Context, dataset: dict[str, Any]) -> None:
        recording.note(context, dataset, recording.PUBLISHED)
        keeping.changed(dataset)
        announcing.changed(dataset)

    def after_dataset_update(self, context: Context, dataset: dict[str, Any]) -> None:
        recording.note(context, dataset, recording.CHANGED)
        keeping.changed(dataset)
        announcing.changed(dataset)

    def after_dataset_delete(self, context: Context, dataset: dict[str, Any]) -> None:
        recording.note(context, dataset, recording.DELETED)
        keeping.changed(dataset)

    def after_dataset_show(self, context: Context, dataset: dict[str, Any]) -> None:
        owner = dataset.get("organization")
        # Many packages that are indexed together share their agency's dictionary: it is asked for once.
        is_known = context.get("use_cache") is False and owner and "title_translated" in owner
        if owner and not is_known and not context.get("for_update"):
            owner["title_translated"] = agencies.titles([owner["id"]]).get(owner["id"], {})


class OrganizationHooks:
    """Methods of ``IOrganizationController``."""

    def before_view(self, organization: dict[str, Any]) -> dict[str, Any]:
        return display.in_readers_language(organization)


class FacetHooks:
    """Methods of ``IFacets``."""

    def dataset_facets(self, facets: dict[str, str], package_type: str) -> dict[str, str]:
        return index.facets(facets) if package_type == index.TYPE else facets

    def organization_facets(
        self, facets: dict[str, str], organization_type: str, package_type: str | None
    ) -> dict[str, str]:
        kept = index.facets(facets)
        kept.pop("organization", None)
        return kept


class PageHooks:
    """Methods of ``IMiddleware``."""

    def make_middleware(self, app: CKANApp, config: Any) -> CKANApp:
        # CKAN registers its own rule first, so the page is replaced behind it.
        app.view_functions["organization.index"] = catalogue.agencies
        app.after_request(counting.after)
        app.after_request(versions.after)
        return app


class TableHooks:
    """Methods of ``IDomainObjectModification`` and ``IXloader``."""

    def notify(self, entity: Any, operation: str) -> None:
        if not isinstance(entity, model.Resource):
            return
        if operation == model.DomainObjectOperation.deleted or entity.state == model.State.DELETED:
            loading.forget(entity.id)
        else:
            loading.changed(entity, is_new=operation == model.DomainObjectOperation.new)

    def can_upload(self, resource_id: str) -> bool:
        # Files are read by our own job; xloader would fetch them, and any link that somebody enters, over HTTP.
        return False
