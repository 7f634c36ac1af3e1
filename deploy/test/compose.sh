#!/usr/bin/env bash
# `docker-compose config` for every size with everything that docs/deploy.md says can stand in deploy/.env. Needs Docker's or Debian's docker-compose, no engine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
COMPOSE=${COMPOSE:-docker-compose}
[ ! -e deploy/.env ] || { echo 'deploy/.env is there: move it away first' >&2; exit 2; }
trap 'rm -f deploy/.env' EXIT

if $COMPOSE -f deploy/compose.yaml config --quiet 2>/dev/null; then echo 'FAIL  accepted without a size'; exit 1; fi
echo 'ok    refused without a size'
EXTRAS=(
  ''
  'TZ=Europe/Berlin ZHIPUAI_API_KEY=x CHORUS_LLM__PRESET=glm CHORUS_SESSION__LANGUAGE=zh-CN'
  'PUBLISHED_PORT=8100 CHORUS_SERVER__PUBLIC_URL=https://voice.example.org'
  'DATA=/srv/chorus RUN_AS=1026:100'
  'NODE_IMAGE=mirror.example.org/library/node:24-trixie-slim NPM_REGISTRY=https://npm.example.org/ ESPEAK=false'
)
for profile in deploy/profiles/*.env; do
  for extra in "${EXTRAS[@]}"; do
    { cat "$profile"; tr ' ' '\n' <<<"$extra"; } >deploy/.env
    shown=$($COMPOSE -f deploy/compose.yaml config)
    for pair in $extra; do grep -qF "$(sed 's/^[^=]*=//; s/:.*//' <<<"$pair")" <<<"$shown" || { echo "FAIL  $profile: $pair does not arrive"; exit 1; }; done
    echo "ok    $(basename "$profile") $extra"
  done
done
