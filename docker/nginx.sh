#!/bin/sh
# The same front as in the local stack, with the names of the containers filled in.
set -eu
apt-get update -q && apt-get install -y -q --no-install-recommends nginx libnginx-mod-http-cache-purge
mkdir -p /run/opengov /var/log/opengov /var/cache/opengov
sed -e 's#{{user}}##; s#{{run}}#/run/opengov#g; s#{{name}}#portal#g; s#{{suffix}}##g; s#{{logs}}#/var/log/opengov#g' \
    -e 's#{{temp}}#/var/cache/opengov#g; s#{{config}}#/opengov#g; s#127\.0\.0\.1:{{web_port}}#web:5001#; s#127\.0\.0\.1:{{port}}#5000#' \
    /nginx.conf.template > /etc/nginx/opengov.conf
exec nginx -c /etc/nginx/opengov.conf -g 'daemon off;'
