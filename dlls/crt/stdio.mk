# stdio, low-level files, formatting, scanning, number conversion, file names
crt_stdio_sources = \
	dlls/crt/ecvt.c \
	dlls/crt/files.c \
	dlls/crt/format.c \
	dlls/crt/format.h \
	dlls/crt/format_fp.c \
	dlls/crt/format_impl.h \
	dlls/crt/fp.c \
	dlls/crt/fp.h \
	dlls/crt/fp_parse.c \
	dlls/crt/integers.c \
	dlls/crt/lowio.c \
	dlls/crt/lowio.h \
	dlls/crt/lowio_open.c \
	dlls/crt/lowio_rw.c \
	dlls/crt/numbers.h \
	dlls/crt/paths.c \
	dlls/crt/paths_template.h \
	dlls/crt/print.c \
	dlls/crt/print.h \
	dlls/crt/printf_msvcrt.c \
	dlls/crt/printf_msvcrt_wide.c \
	dlls/crt/printf_ucrt.c \
	dlls/crt/scan.c \
	dlls/crt/scan.h \
	dlls/crt/scanf.c \
	dlls/crt/stat.c \
	dlls/crt/stream.c \
	dlls/crt/stream.h \
	dlls/crt/stream_buffer.c \
	dlls/crt/stream_io.c \
	dlls/crt/stream_pos.c \
	dlls/crt/stream_wide.c \
	dlls/crt/strtod.c \
	dlls/crt/tempnames.c \
	dlls/crt/winio.h
