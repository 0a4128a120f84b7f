# SPDX-License-Identifier: Apache-2.0
# The report page's script: web/ bundled by esbuild at build time, with the packages that scripts/setup put into the cache.
# Sets EDGEEVAL_WEB_FOLDER to the folder of report.js, report.css and report.hash, or to nothing with EDGEEVAL_WEB off.
option(EDGEEVAL_WEB "Charts and what-if sliders in report.html (needs Node.js 18 and the packages of web/)" ON)
set(EDGEEVAL_WEB_FOLDER "")
set(EDGEEVAL_NODE_MODULES "")

# The same key as scripts/parts/web.sh: what the lock file holds decides what the folder holds.
file(SHA256 ${PROJECT_SOURCE_DIR}/web/package-lock.json web_lock)
string(SUBSTRING ${web_lock} 0 12 web_lock)
if(DEFINED ENV{EDGEEVAL_CACHE})
  set(web_cache $ENV{EDGEEVAL_CACHE})
elseif(DEFINED ENV{XDG_CACHE_HOME})
  set(web_cache $ENV{XDG_CACHE_HOME}/edgeeval)
else()
  set(web_cache $ENV{HOME}/.cache/edgeeval)
endif()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/web/package-lock.json)

if(EDGEEVAL_WEB)
  find_program(EDGEEVAL_NODE NAMES node nodejs)
  set(web_modules ${web_cache}/web/${web_lock}/node_modules)
  if(NOT EDGEEVAL_NODE OR NOT EXISTS ${web_modules}/esbuild/package.json)
    message(FATAL_ERROR "report.html's script needs Node.js (found: ${EDGEEVAL_NODE}) and the packages of web/ in "
                        "${web_modules}. Run scripts/setup (scripts/setup --minimal is enough), or configure with "
                        "-DEDGEEVAL_WEB=OFF for a page without charts and sliders.")
  endif()
  set(EDGEEVAL_NODE_MODULES ${web_modules})
  set(EDGEEVAL_WEB_FOLDER ${PROJECT_BINARY_DIR}/web)
  file(GLOB_RECURSE web_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/web/src/*)
  add_custom_command(
    OUTPUT ${EDGEEVAL_WEB_FOLDER}/report.js ${EDGEEVAL_WEB_FOLDER}/report.css ${EDGEEVAL_WEB_FOLDER}/report.hash
    COMMAND ${CMAKE_COMMAND} -E env NODE_PATH=${web_modules}
            ${EDGEEVAL_NODE} ${PROJECT_SOURCE_DIR}/web/bundle.mjs ${web_modules} ${EDGEEVAL_WEB_FOLDER}
    DEPENDS ${web_sources} ${PROJECT_SOURCE_DIR}/web/bundle.mjs ${PROJECT_SOURCE_DIR}/web/package-lock.json
    COMMENT "Bundling web/ into report.js"
    VERBATIM)
  add_custom_target(edgeeval_web_bundle DEPENDS ${EDGEEVAL_WEB_FOLDER}/report.js)
endif()
