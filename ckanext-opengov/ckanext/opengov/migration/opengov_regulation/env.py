from ckanext.opengov.migration.environment import run

run("opengov_regulation")
