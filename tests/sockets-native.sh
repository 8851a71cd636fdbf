#!/bin/sh
# sockets-native.sh - a Windows program and one of Linux talk over the loopback.
[ -e tests/guest/sockets_native.exe ] || exit 77
exec ./tests/sockets_peer ./pewter tests/guest/sockets_native.exe
