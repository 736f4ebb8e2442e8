#!/bin/sh
# Makes conn.log.gz (two members) and conn.log.zst (two frames) from conn.log with gzip and zstd.
cd "$(dirname "$0")" || exit 1
head -5 conn.log >first && tail -n +6 conn.log >second
{ gzip -nc first; gzip -nc second; } >conn.log.gz
{ zstd -qc first; zstd -qc second; } >conn.log.zst
rm first second
