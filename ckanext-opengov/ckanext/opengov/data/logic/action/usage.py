"""Actions on the statistics of data sets."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opengov.data.service import usage

__all__ = ["data_usage_show"]


@tk.side_effect_free
def data_usage_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """How often a data set was read. Counts of the last minutes are not in it yet.

    Counted are views of its page in browsers, downloads of its files, and reads by the action API (package_show,
    resource_show, datastore_search, data_query). Nothing is kept of who read it.

    :param id: id or name of the data set
    :type id: string

    :returns: ``total`` and ``recent`` (30 days): each with ``views``, ``downloads``, ``api_calls``; ``days``: the same
        for each of the 30 days on which there was something, with ``day`` (ISO, Almaty)
    :rtype: dictionary
    :raises NotAuthorized: for a data set that one may not see
    :raises ObjectNotFound: when there is no such data set
    """
    tk.check_access("data_usage_show", context, data_dict)
    package = model.Package.get(data_dict["id"])
    if package is None or package.type != "dataset":
        raise tk.ObjectNotFound(tk._("There is no such data set."))
    return usage.show(package.id)
