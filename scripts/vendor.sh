#!/bin/sh
# Makes static/console/vendor and the sprite of icons again. Needs node and npm; nobody who installs does.
#   scripts/vendor.sh
set -eu

BOOTSTRAP=5.3.9 HTMX=4.0.1 ECHARTS=6.1.0 ESBUILD=0.28.2 ICONS=1.13.2

console=$(cd "$(dirname "$0")/.." && pwd)/src/groundswell/interfaces/console/static/console
vendor=$console/vendor
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT

cd "$build"
npm init --yes >/dev/null
npm install --no-audit --no-fund --silent \
    "bootstrap@$BOOTSTRAP" "htmx.org@$HTMX" "echarts@$ECHARTS" "bootstrap-icons@$ICONS" "esbuild@$ESBUILD"

mkdir -p "$vendor"
rm -f "$vendor"/*

# A reference to a map that isn't there would stop the collection of static files.
take() { grep -v sourceMappingURL "node_modules/$1" >"$vendor/$2"; }
take bootstrap/dist/css/bootstrap.min.css bootstrap.min.css
take htmx.org/dist/htmx.min.js htmx.min.js
cp node_modules/bootstrap/LICENSE "$vendor/LICENSE.bootstrap.txt"
cp node_modules/htmx.org/LICENSE "$vendor/LICENSE.htmx.txt"
cp node_modules/echarts/LICENSE "$vendor/LICENSE.echarts.txt"
cp node_modules/echarts/NOTICE "$vendor/NOTICE.echarts.txt"
cp node_modules/zrender/LICENSE "$vendor/LICENSE.zrender.txt"
cp node_modules/bootstrap-icons/LICENSE "$vendor/LICENSE.bootstrap-icons.txt"

# Only what charts.js draws with: a sixth of the whole library is left out of every page's first load.
cat >echarts.mjs <<'ENTRY'
import * as echarts from "echarts/core";
import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

echarts.use([
  BarChart, CustomChart, LineChart, ScatterChart, GridComponent, TooltipComponent, SVGRenderer,
]);
export { init } from "echarts/core";
ENTRY
node_modules/.bin/esbuild echarts.mjs --bundle --minify --format=iife --global-name=echarts \
    --target=es2022 --legal-comments=none --log-level=error \
    --banner:js="/*! Apache ECharts $ECHARTS, Apache-2.0: LICENSE.echarts.txt, NOTICE.echarts.txt */" \
    --outfile="$vendor/echarts.min.js"

# Each icon that a template names, under the name it has there.
{
    echo '<svg xmlns="http://www.w3.org/2000/svg">'
    for icon in house search clipboard-data people gear list chevron-down chevron-expand circle-half \
        person-circle info-circle exclamation-triangle check-circle download table \
        question-circle x-circle \
        instagram tiktok youtube twitter-x twitch facebook pinterest snapchat linkedin threads \
        bluesky mastodon rss; do
        printf '<symbol id="%s" viewBox="0 0 16 16">' "$icon"
        tr -d '\n' <"node_modules/bootstrap-icons/icons/$icon.svg" |
            sed -e 's/<svg[^>]*>//' -e 's/<\/svg>//' -e 's/  */ /g'
        echo '</symbol>'
    done
    echo '</svg>'
} >"$console/icons.svg"

ls -l "$vendor"
