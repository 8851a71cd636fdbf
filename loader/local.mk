loader_sources = \
	loader/apiset.c \
	loader/bind.c \
	loader/builtin.c \
	loader/builtin.h \
	loader/cmdline.c \
	loader/crash.c \
	loader/datafile.c \
	loader/environment.c \
	loader/exit_codes.h \
	loader/exports.c \
	loader/find_resource.c \
	loader/image.c \
	loader/image.h \
	loader/image_section.c \
	loader/image_shared.c \
	loader/imports.c \
	loader/init.c \
	loader/load.c \
	loader/load.h \
	loader/main.c \
	loader/missing.c \
	loader/modules.c \
	loader/modules.h \
	loader/operations.c \
	loader/paths.c \
	loader/pe.c \
	loader/pe.h \
	loader/program.c \
	loader/relocations.c \
	loader/resources.c \
	loader/search.c \
	loader/start.c \
	loader/start.h \
	loader/tls.c \
	loader/tls_directory.c
EXTRA_DIST += loader/README.md
