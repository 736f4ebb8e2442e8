#!/bin/sh
# Makes the files of this folder: what versions of nfdump print of the first 20 flows of files in
# ../nfcapd.
#
#   make.sh NFDUMP-1.7.1 NFDUMP-1.7.8
#
# 1.7.1 is Debian's nfdump; 1.7.8 is built from its tag at github.com/phaag/nfdump.
set -eu
cd "$(dirname "$0")"
export TZ=UTC
for name in flows-2 events-2 biflow-2; do
  file=../nfcapd/$name.nfcapd
  "$1" -r $file -c 20 -o csv > $name.csv48
  "$2" -r $file -c 20 -o csv > $name.csv10
  "$2" -r $file -c 20 -o csv-fast > $name.csv-fast
  "$2" -r $file -c 20 -o ndjson > $name.ndjson
done
