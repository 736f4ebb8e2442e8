#!/bin/sh
# Makes conn.log.gz (two members), .zst (two frames), .bz2 and .xz (two streams) from conn.log.
cd "$(dirname "$0")" || exit 1
head -5 conn.log >first && tail -n +6 conn.log >second
{ gzip -nc first; gzip -nc second; } >conn.log.gz
{ zstd -qc first; zstd -qc second; } >conn.log.zst
{ bzip2 -c first; bzip2 -c second; } >conn.log.bz2
{ xz -c first; xz -c second; } >conn.log.xz
rm first second
